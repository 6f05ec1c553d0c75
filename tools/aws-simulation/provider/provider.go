// Package provider serves the schema of a provider to OpenTofu and Terraform, and the account behind it.
package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"hello/aws-simulation/account"
	"hello/aws-simulation/schema"
)

// server answers for one provider. What is not of aws (random, tls, …) has no account: its state is all there is.
type server struct {
	name        string
	schema      *schema.Provider
	account     account.Account
	region      string
	defaultTags map[string]any
}

// New returns the provider of a name such as aws. AWS_SIMULATION_ACCOUNTS is the folder of accounts.
func New(name string) (tfprotov5.ProviderServer, error) {
	provider, err := schema.Load(name)
	if err != nil {
		return nil, err
	}
	folder := os.Getenv("AWS_SIMULATION_ACCOUNTS")
	if name == "aws" && folder == "" {
		return nil, fmt.Errorf("AWS_SIMULATION_ACCOUNTS is missing: the folder where the simulated accounts are")
	}
	return &server{name: name, schema: provider, account: account.Account{Folder: folder}}, nil
}

// providerMeta is what modules may say of themselves.
var providerMeta = &tfprotov5.Schema{Block: &tfprotov5.SchemaBlock{Attributes: []*tfprotov5.SchemaAttribute{
	{Name: "user_agent", Type: tftypes.List{ElementType: tftypes.String}, Optional: true},
}}}

var capabilities = &tfprotov5.ServerCapabilities{GetProviderSchemaOptional: true, PlanDestroy: true}

func (s *server) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	response := &tfprotov5.GetMetadataResponse{ServerCapabilities: capabilities}
	for name := range s.schema.Resources {
		response.Resources = append(response.Resources, tfprotov5.ResourceMetadata{TypeName: name})
	}
	for name := range s.schema.Data {
		response.DataSources = append(response.DataSources, tfprotov5.DataSourceMetadata{TypeName: name})
	}
	for name := range s.schema.Ephemeral {
		response.EphemeralResources = append(response.EphemeralResources, tfprotov5.EphemeralResourceMetadata{TypeName: name})
	}
	return response, nil
}

func (s *server) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	all := func(resources map[string]schema.Resource) map[string]*tfprotov5.Schema {
		schemas := map[string]*tfprotov5.Schema{}
		for name, resource := range resources {
			schemas[name] = resource.Protocol()
		}
		return schemas
	}
	response := &tfprotov5.GetProviderSchemaResponse{
		ServerCapabilities:       capabilities,
		Provider:                 s.schema.Provider.Protocol(),
		ResourceSchemas:          all(s.schema.Resources),
		DataSourceSchemas:        all(s.schema.Data),
		EphemeralResourceSchemas: all(s.schema.Ephemeral),
	}
	if s.name == "aws" {
		response.ProviderMeta = providerMeta
	}
	return response, nil
}

func (s *server) PrepareProviderConfig(_ context.Context, r *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: r.Config}, nil
}

// DefaultAccount is the account of who assumes no role in another.
const DefaultAccount = "123456789012"

func (s *server) ConfigureProvider(_ context.Context, r *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	response := &tfprotov5.ConfigureProviderResponse{}
	if s.name != "aws" {
		return response, nil
	}
	config, err := decode(r.Config, s.schema.Provider.Protocol().ValueType())
	if err != nil {
		return nil, err
	}
	s.account.ID = firstOf(accountOfRole(config), os.Getenv("AWS_SIMULATION_ACCOUNT_ID"), DefaultAccount)
	configured, _ := config["region"].(string)
	s.region = firstOf(configured, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
	if s.region == "" {
		response.Diagnostics = failure("invalid AWS Region", fmt.Errorf("set region in the provider block or AWS_REGION"))
		return response, nil
	}
	if defaults, _ := config["default_tags"].([]any); len(defaults) > 0 {
		if block, ok := defaults[0].(map[string]any); ok {
			s.defaultTags, _ = block["tags"].(map[string]any)
		}
	}
	allowed, _ := config["allowed_account_ids"].([]any)
	forbidden, _ := config["forbidden_account_ids"].([]any)
	if (len(allowed) > 0 && !slices.Contains(allowed, any(s.account.ID))) || slices.Contains(forbidden, any(s.account.ID)) {
		response.Diagnostics = failure("AWS account ID not allowed: "+s.account.ID, nil)
		return response, nil
	}
	faults, err := account.ReadFaults(s.account.Folder)
	if err == nil {
		err = faults.Reach("read", "sts", s.region)
	}
	if err != nil {
		response.Diagnostics = failure("validating provider credentials: retrieving caller identity from STS", err)
	}
	return response, nil
}

func accountOfRole(config map[string]any) string {
	roles, _ := config["assume_role"].([]any)
	if len(roles) == 0 {
		return ""
	}
	role, _ := roles[0].(map[string]any)["role_arn"].(string)
	if parts := strings.Split(role, ":"); len(parts) > 5 {
		return parts[4]
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func (s *server) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func failure(summary string, err error) []*tfprotov5.Diagnostic {
	diagnostic := &tfprotov5.Diagnostic{Severity: tfprotov5.DiagnosticSeverityError, Summary: summary}
	if err != nil {
		diagnostic.Detail = err.Error()
	}
	return []*tfprotov5.Diagnostic{diagnostic}
}

func (s *server) resource(kind string) (*schema.Block, tftypes.Type) {
	resource := s.schema.Resources[kind]
	return resource.Block, resource.Protocol().ValueType()
}

func (s *server) ValidateResourceTypeConfig(_ context.Context, r *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	_, t := s.resource(r.TypeName)
	config, err := decode(r.Config, t)
	if err != nil {
		return nil, err
	}
	response := &tfprotov5.ValidateResourceTypeConfigResponse{}
	for _, fault := range checkValues(r.TypeName, config) {
		response.Diagnostics = append(response.Diagnostics, failure(r.TypeName+": "+fault, nil)...)
	}
	return response, nil
}

func (s *server) UpgradeResourceState(_ context.Context, r *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	_, t := s.resource(r.TypeName)
	value, err := r.RawState.UnmarshalWithOpts(t, tfprotov5.UnmarshalOpts{
		ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true},
	})
	if err != nil {
		return nil, err
	}
	upgraded, err := tfprotov5.NewDynamicValue(t, value)
	return &tfprotov5.UpgradeResourceStateResponse{UpgradedState: &upgraded}, err
}

// private carries the ID, since some types have no attribute for it.
type private struct {
	ID string `json:"id"`
}

func identity(state map[string]any, bytes []byte) string {
	var p private
	if json.Unmarshal(bytes, &p) == nil && p.ID != "" {
		return p.ID
	}
	id, _ := state["id"].(string)
	return id
}

func (s *server) ReadResource(_ context.Context, r *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	response := &tfprotov5.ReadResourceResponse{NewState: r.CurrentState, Private: r.Private}
	if s.name != "aws" {
		return response, nil
	}
	block, t := s.resource(r.TypeName)
	state, err := decode(r.CurrentState, t)
	if err != nil {
		return nil, err
	}
	region := s.place(block, state)
	faults, err := account.ReadFaults(s.account.Folder)
	if err == nil {
		err = faults.Reach("read", r.TypeName, region)
	}
	if err != nil {
		response.Diagnostics = failure("reading "+r.TypeName, err)
		return response, nil
	}
	faults.Wait(0.3)
	found, err := s.account.Get(r.TypeName, region, identity(state, r.Private))
	if err != nil {
		response.Diagnostics = failure("reading "+r.TypeName, err)
		return response, nil
	}
	var read map[string]any
	if found != nil {
		read = found.Attributes
	}
	response.NewState, err = encode(read, t)
	return response, err
}

func (s *server) PlanResourceChange(_ context.Context, r *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	response := &tfprotov5.PlanResourceChangeResponse{
		PlannedState: r.ProposedNewState, PlannedPrivate: r.PriorPrivate, UnsafeToUseLegacyTypeSystem: true,
	}
	block, t := s.resource(r.TypeName)
	proposed, err := decode(r.ProposedNewState, t)
	if err != nil || proposed == nil {
		return response, err
	}
	prior, err := decode(r.PriorState, t)
	if err != nil {
		return nil, err
	}
	config, err := decode(r.Config, t)
	if err != nil {
		return nil, err
	}
	planned, replaces := s.plan(r.TypeName, block, prior, proposed, config)
	for _, name := range replaces {
		response.RequiresReplace = append(response.RequiresReplace, tftypes.NewAttributePath().WithAttributeName(name))
	}
	response.PlannedState, err = encode(planned, t)
	return response, err
}

func (s *server) ApplyResourceChange(_ context.Context, r *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	response := &tfprotov5.ApplyResourceChangeResponse{NewState: r.PriorState, UnsafeToUseLegacyTypeSystem: true}
	block, t := s.resource(r.TypeName)
	prior, err := decode(r.PriorState, t)
	if err != nil {
		return nil, err
	}
	planned, err := decode(r.PlannedState, t)
	if err != nil {
		return nil, err
	}
	config, err := decode(r.Config, t)
	if err != nil {
		return nil, err
	}
	id := identity(prior, r.PlannedPrivate)
	var result *account.Resource
	call := "creating "
	switch {
	case s.name != "aws":
		return s.applyLocally(r, block, t, prior, planned)
	case planned == nil:
		call = "deleting "
		err = s.remove(r.TypeName, block, id, prior)
		response.Private = r.PlannedPrivate
	case prior == nil:
		result, err = s.create(r.TypeName, block, planned, config)
	default:
		call = "updating "
		result, err = s.change(r.TypeName, block, id, prior, planned, config)
		response.Private = r.PlannedPrivate
	}
	if err != nil {
		response.Diagnostics = failure(strings.TrimSpace(call+r.TypeName+" "+id), err)
		return response, nil
	}
	if result == nil {
		response.NewState, err = encode(nil, t)
		return response, err
	}
	if response.Private, err = json.Marshal(private{result.ID}); err != nil {
		return nil, err
	}
	response.NewState, err = encode(result.Attributes, t)
	return response, err
}

func (s *server) ImportResourceState(_ context.Context, r *tfprotov5.ImportResourceStateRequest) (*tfprotov5.ImportResourceStateResponse, error) {
	block, t := s.resource(r.TypeName)
	id, region, hasRegion := strings.Cut(r.ID, "@")
	if !hasRegion {
		region = s.place(block, nil)
	}
	found := s.lookup(r.TypeName, region, id)
	if found == nil {
		return &tfprotov5.ImportResourceStateResponse{
			Diagnostics: failure("cannot import non-existent remote object", fmt.Errorf("no %s %q in %s", r.TypeName, id, region)),
		}, nil
	}
	state, err := encode(found.Attributes, t)
	if err != nil {
		return nil, err
	}
	bytes, err := json.Marshal(private{found.ID})
	return &tfprotov5.ImportResourceStateResponse{
		ImportedResources: []*tfprotov5.ImportedResource{{TypeName: r.TypeName, State: state, Private: bytes}},
	}, err
}

func (s *server) MoveResourceState(context.Context, *tfprotov5.MoveResourceStateRequest) (*tfprotov5.MoveResourceStateResponse, error) {
	return &tfprotov5.MoveResourceStateResponse{Diagnostics: failure("moving between types is not simulated", nil)}, nil
}

func (s *server) applyLocally(r *tfprotov5.ApplyResourceChangeRequest, block *schema.Block, t tftypes.Type, prior, planned map[string]any) (*tfprotov5.ApplyResourceChangeResponse, error) {
	response := &tfprotov5.ApplyResourceChangeResponse{NewState: r.PriorState, UnsafeToUseLegacyTypeSystem: true}
	var result map[string]any
	if planned != nil {
		result = maps.Clone(planned)
		if err := compute(r.TypeName, result); err != nil {
			response.Diagnostics = failure(r.TypeName, err)
			return response, nil
		}
		fillBlock(block, result, func(string) any { return nil })
	}
	var err error
	response.NewState, err = encode(result, t)
	return response, err
}
