// Package provider serves the schema of a provider to OpenTofu and Terraform, and the account behind it.
package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"hello/aws-simulation/account"
	"hello/aws-simulation/schema"
)

// DefaultAccount is the account where AWS_SIMULATION_ACCOUNT_ID names no other.
const DefaultAccount = "123456789012"

// server answers for one provider. What is not of aws (random, null, …) has no account: its state is all there is.
type server struct {
	// Only for what the protocol has and nobody calls, such as a move between types.
	tfprotov5.ProviderServer
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
		return nil, errors.New("AWS_SIMULATION_ACCOUNTS is missing: the folder where the simulated accounts are")
	}
	return &server{name: name, schema: provider, account: account.Account{Folder: folder}}, nil
}

// diagnose makes an error of a panic, so that no odd value ends the provider. One of Go's own is a fault of the simulation.
func diagnose(summary string, diagnostics *[]*tfprotov5.Diagnostic) {
	fault := recover()
	if fault == nil {
		return
	}
	if _, ours := fault.(interface{ RuntimeError() }); ours {
		fault = fmt.Sprintf("fault of the simulation: %v\n%s", fault, debug.Stack())
	}
	*diagnostics = append(*diagnostics, &tfprotov5.Diagnostic{
		Severity: tfprotov5.DiagnosticSeverityError, Summary: summary, Detail: fmt.Sprint(fault),
	})
}

func (s *server) ConfigureProvider(_ context.Context, r *tfprotov5.ConfigureProviderRequest) (response *tfprotov5.ConfigureProviderResponse, _ error) {
	response = &tfprotov5.ConfigureProviderResponse{}
	defer diagnose("configuring the provider "+s.name, &response.Diagnostics)
	if s.name != "aws" {
		return response, nil
	}
	config := decode(r.Config)
	configured, _ := config["region"].(string)
	s.region = cmp.Or(configured, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
	if s.region == "" {
		panic("invalid AWS Region: set region in the provider block or AWS_REGION")
	}
	s.account.ID = cmp.Or(os.Getenv("AWS_SIMULATION_ACCOUNT_ID"), DefaultAccount)
	for _, block := range asList(config["default_tags"]) {
		s.defaultTags = asMap(asMap(block)["tags"])
	}
	allowed := asList(config["allowed_account_ids"])
	if len(allowed) > 0 && !slices.Contains(allowed, any(s.account.ID)) {
		panic("AWS account ID not allowed: " + s.account.ID)
	}
	account.Call(s.account.Folder, "read", "sts", s.region, 0)
	return response, nil
}

func (s *server) ValidateResourceTypeConfig(_ context.Context, r *tfprotov5.ValidateResourceTypeConfigRequest) (response *tfprotov5.ValidateResourceTypeConfigResponse, _ error) {
	response = &tfprotov5.ValidateResourceTypeConfigResponse{}
	defer diagnose(r.TypeName, &response.Diagnostics)
	refuseValues(r.TypeName, decode(r.Config))
	return response, nil
}

func (s *server) UpgradeResourceState(_ context.Context, r *tfprotov5.UpgradeResourceStateRequest) (response *tfprotov5.UpgradeResourceStateResponse, _ error) {
	response = &tfprotov5.UpgradeResourceStateResponse{}
	defer diagnose("reading the state of "+r.TypeName, &response.Diagnostics)
	var state map[string]any
	account.Check(json.Unmarshal(r.RawState.JSON, &state))
	response.UpgradedState = encode(state, s.schema.Resources[r.TypeName].Block())
	return response, nil
}

// identity is the ID of a resource; a type without an attribute for it has it in the private part of its state.
func identity(state map[string]any, private []byte) string {
	var id string
	if json.Unmarshal(private, &id) != nil {
		id, _ = state["id"].(string)
	}
	return id
}

func (s *server) ReadResource(_ context.Context, r *tfprotov5.ReadResourceRequest) (response *tfprotov5.ReadResourceResponse, _ error) {
	response = &tfprotov5.ReadResourceResponse{NewState: r.CurrentState, Private: r.Private}
	defer diagnose("reading "+r.TypeName, &response.Diagnostics)
	if s.name != "aws" {
		return response, nil
	}
	block, state := s.schema.Resources[r.TypeName].Block(), decode(r.CurrentState)
	account.Call(s.account.Folder, "read", r.TypeName, s.asked(block, state), 0.3)
	response.NewState = encode(nil, block)
	if found := s.account.Get(r.TypeName, s.place(r.TypeName, block, state), identity(state, r.Private)); found != nil {
		response.NewState = encode(found.Attributes, block)
	}
	return response, nil
}

func (s *server) PlanResourceChange(_ context.Context, r *tfprotov5.PlanResourceChangeRequest) (response *tfprotov5.PlanResourceChangeResponse, _ error) {
	response = &tfprotov5.PlanResourceChangeResponse{
		PlannedState: r.ProposedNewState, PlannedPrivate: r.PriorPrivate, UnsafeToUseLegacyTypeSystem: true,
	}
	defer diagnose("planning "+r.TypeName, &response.Diagnostics)
	block, proposed := s.schema.Resources[r.TypeName].Block(), decode(r.ProposedNewState)
	if proposed == nil {
		return response, nil
	}
	planned, replaces := s.plan(r.TypeName, block, decode(r.PriorState), proposed, decode(r.Config))
	for _, name := range replaces {
		response.RequiresReplace = append(response.RequiresReplace, tftypes.NewAttributePath().WithAttributeName(name))
	}
	response.PlannedState = encode(planned, block)
	return response, nil
}

func (s *server) ApplyResourceChange(_ context.Context, r *tfprotov5.ApplyResourceChangeRequest) (response *tfprotov5.ApplyResourceChangeResponse, _ error) {
	response = &tfprotov5.ApplyResourceChangeResponse{
		NewState: r.PriorState, Private: r.PlannedPrivate, UnsafeToUseLegacyTypeSystem: true,
	}
	block := s.schema.Resources[r.TypeName].Block()
	prior, planned, config := decode(r.PriorState), decode(r.PlannedState), decode(r.Config)
	id := identity(prior, r.PlannedPrivate)
	call := map[bool]string{true: "creating", false: "changing"}[prior == nil]
	if planned == nil {
		call = "deleting"
	}
	defer diagnose(strings.TrimSpace(call+" "+r.TypeName+" "+id), &response.Diagnostics)
	var result map[string]any
	switch {
	case s.name != "aws" && planned != nil:
		result = maps.Clone(planned)
		fillBlock(block, result, unguessed)
	case s.name != "aws":
	case planned == nil:
		s.remove(r.TypeName, block, id, prior)
	default:
		made := s.put(r.TypeName, block, id, prior, planned, config)
		result, response.Private = made.Attributes, asJSON(made.ID)
	}
	response.NewState = encode(result, block)
	return response, nil
}

func (s *server) ImportResourceState(_ context.Context, r *tfprotov5.ImportResourceStateRequest) (response *tfprotov5.ImportResourceStateResponse, _ error) {
	response = &tfprotov5.ImportResourceStateResponse{}
	defer diagnose("importing "+r.TypeName+" "+r.ID, &response.Diagnostics)
	block := s.schema.Resources[r.TypeName].Block()
	found := s.lookup(r.TypeName, s.place(r.TypeName, block, nil), r.ID)
	if found == nil {
		panic("cannot import a non-existent remote object")
	}
	response.ImportedResources = []*tfprotov5.ImportedResource{
		{TypeName: r.TypeName, State: encode(found.Attributes, block), Private: asJSON(found.ID)},
	}
	return response, nil
}

func (s *server) ReadDataSource(_ context.Context, r *tfprotov5.ReadDataSourceRequest) (response *tfprotov5.ReadDataSourceResponse, _ error) {
	response = &tfprotov5.ReadDataSourceResponse{}
	defer diagnose("reading "+r.TypeName, &response.Diagnostics)
	block := s.schema.Data[r.TypeName].Block()
	response.State = encode(s.answer(r.TypeName, block, decode(r.Config)), block)
	return response, nil
}

func (s *server) OpenEphemeralResource(_ context.Context, r *tfprotov5.OpenEphemeralResourceRequest) (response *tfprotov5.OpenEphemeralResourceResponse, _ error) {
	response = &tfprotov5.OpenEphemeralResourceResponse{}
	defer diagnose("opening "+r.TypeName, &response.Diagnostics)
	block, config := s.schema.Ephemeral[r.TypeName].Block(), decode(r.Config)
	result := fillPlan(block, config, config, nil, "")
	s.open(r.TypeName, result)
	fillBlock(block, result, unguessed)
	response.Result = encode(result, block)
	return response, nil
}
