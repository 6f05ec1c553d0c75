package provider

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"

	"hello/aws-simulation/account"
	"hello/aws-simulation/facts"
	"hello/aws-simulation/schema"
)

func (s *server) ValidateDataSourceConfig(context.Context, *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	return &tfprotov5.ValidateDataSourceConfigResponse{}, nil
}

func (s *server) ReadDataSource(_ context.Context, r *tfprotov5.ReadDataSourceRequest) (*tfprotov5.ReadDataSourceResponse, error) {
	resource := s.schema.Data[r.TypeName]
	t := resource.Protocol().ValueType()
	config, err := decode(r.Config, t)
	if err != nil {
		return nil, err
	}
	response := &tfprotov5.ReadDataSourceResponse{}
	data, err := s.answer(r.TypeName, resource.Block, config)
	if err != nil {
		response.Diagnostics = failure("reading "+r.TypeName, err)
		return response, nil
	}
	response.State, err = encode(data, t)
	return response, err
}

// answer reads a data source: computed by a function, told by the facts, or looked up in the account.
func (s *server) answer(kind string, block *schema.Block, config map[string]any) (map[string]any, error) {
	data := maps.Clone(config)
	for name, a := range block.Attributes {
		if a.Computed && config[name] == nil {
			data[name] = unknown
		}
	}
	if s.name != "aws" {
		err := compute(kind, data)
		fillBlock(block, data, func(string) any { return nil })
		return data, err
	}
	region := s.place(block, config)
	faults, err := account.ReadFaults(s.account.Folder)
	if err == nil {
		err = faults.Reach("read", kind, region)
	}
	if err != nil {
		return nil, err
	}
	if block.Attributes["region"] != nil && data["region"] == unknown {
		data["region"] = region
	}
	known := facts.Of("data." + kind)
	switch {
	case kind == "aws_iam_policy_document":
		return data, policyDocument(data)
	case facts.Known("data." + kind):
		if err := s.refuse("read", "data."+kind, nil, data, region); err != nil {
			return nil, err
		}
		id, err := s.identify(kind, known, data, s.environment(data, region))
		if err != nil {
			return nil, err
		}
		return data, s.fill(kind, block, known, data, id, region)
	}
	return data, s.search(kind, block, config, data, region)
}

// search finds in the account what the arguments and filters describe: one for aws_subnet, all for aws_subnets.
func (s *server) search(kind string, block *schema.Block, config, data map[string]any, region string) error {
	target, plural := kind, false
	if s.schema.Resources[kind].Block == nil {
		target, plural = strings.TrimSuffix(kind, "s"), true
	}
	if s.schema.Resources[target].Block == nil {
		return fmt.Errorf("the simulation has no facts about the data source %s", kind)
	}
	found, err := s.account.Find(target, region, func(r *account.Resource) bool { return described(r, config) })
	if err != nil {
		return err
	}
	if plural {
		var ids, names []any
		for _, r := range found {
			ids, names = append(ids, r.ID), append(names, r.Attributes["name"])
		}
		for _, name := range []string{"ids", "arns", "names"} {
			if data[name] == unknown {
				data[name] = map[string][]any{"ids": ids, "names": names}[name]
			}
		}
		fillBlock(block, data, func(string) any { return region })
		return nil
	}
	if len(found) != 1 {
		return fmt.Errorf("%d matching %s found in %s, 1 expected", len(found), kind, region)
	}
	for name := range block.Attributes {
		if data[name] == unknown {
			if value, ok := found[0].Attributes[name]; ok {
				data[name] = value
			}
		}
	}
	if data["id"] == unknown {
		data["id"] = found[0].ID
	}
	if data["tags"] == unknown {
		data["tags"] = found[0].Attributes["tags_all"]
	}
	fillBlock(block, data, func(name string) any { return s.guess(kind, name, found[0].ID, region) })
	return nil
}

func described(r *account.Resource, config map[string]any) bool {
	for name, wanted := range config {
		actual, has := r.Attributes[name]
		if !has {
			actual = r.ID
		}
		switch name {
		case "region", "timeouts", "filter":
			continue
		case "tags":
			for tag, value := range asMap(wanted) {
				if asMap(r.Attributes["tags_all"])[tag] != value {
					return false
				}
			}
			continue
		}
		if wanted != nil && !reflect.DeepEqual(wanted, []any{}) && !reflect.DeepEqual(wanted, actual) {
			return false
		}
	}
	filters, _ := config["filter"].([]any)
	for _, filter := range filters {
		name, values := asMap(filter)["name"].(string), asMap(filter)["values"].([]any)
		actual := r.Attributes[strings.ReplaceAll(name, "-", "_")]
		if tag, isTag := strings.CutPrefix(name, "tag:"); isTag {
			actual = asMap(r.Attributes["tags_all"])[tag]
		} else if strings.TrimSuffix(r.Type, "s") == "aws_"+strings.ReplaceAll(strings.TrimSuffix(name, "-id"), "-", "_") {
			actual = r.ID
		}
		if !slices.ContainsFunc(values, func(value any) bool { return fmt.Sprint(value) == fmt.Sprint(actual) }) {
			return false
		}
	}
	return true
}

func asMap(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}

func (s *server) ValidateEphemeralResourceConfig(context.Context, *tfprotov5.ValidateEphemeralResourceConfigRequest) (*tfprotov5.ValidateEphemeralResourceConfigResponse, error) {
	return &tfprotov5.ValidateEphemeralResourceConfigResponse{}, nil
}

func (s *server) OpenEphemeralResource(_ context.Context, r *tfprotov5.OpenEphemeralResourceRequest) (*tfprotov5.OpenEphemeralResourceResponse, error) {
	resource := s.schema.Ephemeral[r.TypeName]
	t := resource.Protocol().ValueType()
	config, err := decode(r.Config, t)
	if err != nil {
		return nil, err
	}
	response := &tfprotov5.OpenEphemeralResourceResponse{}
	result := fillPlan(resource.Block, config, config, nil, "")
	if err := s.open(r.TypeName, result); err != nil {
		response.Diagnostics = failure("opening "+r.TypeName, err)
		return response, nil
	}
	fillBlock(resource.Block, result, func(string) any { return nil })
	response.Result, err = encode(result, t)
	return response, err
}

// open reads what lives only as long as a run.
func (s *server) open(kind string, result map[string]any) error {
	if s.name != "aws" {
		return compute(kind, result)
	}
	region, _ := result["region"].(string)
	region = firstOf(region, s.region)
	result["region"] = region
	switch kind {
	case "aws_secretsmanager_random_password":
		result["random_password"] = randomText(result, "password_length", 32, "exclude_characters")
		return nil
	case "aws_secretsmanager_secret_version":
		return s.openSecret(result, region)
	}
	return fmt.Errorf("the simulation can't open %s", kind)
}

func (s *server) openSecret(result map[string]any, region string) error {
	secret := s.lookup("aws_secretsmanager_secret", region, fmt.Sprint(result["secret_id"]))
	if secret == nil {
		return fmt.Errorf("api error ResourceNotFoundException: Secrets Manager can't find the specified secret %v", result["secret_id"])
	}
	versions, err := s.account.Find("aws_secretsmanager_secret_version", secret.Region, func(r *account.Resource) bool {
		return r.Attributes["secret_id"] == secret.ID || r.Attributes["secret_id"] == secret.Attributes["name"]
	})
	if err != nil || len(versions) == 0 {
		return fmt.Errorf("api error ResourceNotFoundException: secret %s has no value: %v", secret.ID, err)
	}
	current := versions[len(versions)-1]
	result["arn"], result["version_id"] = secret.ID, current.Attributes["version_id"]
	result["version_stages"] = []any{"AWSCURRENT"}
	result["secret_string"] = current.Attributes["secret_string"]
	if value := current.Secret["secret_string_wo"]; value != nil {
		result["secret_string"] = value
	}
	return nil
}

func (s *server) RenewEphemeralResource(context.Context, *tfprotov5.RenewEphemeralResourceRequest) (*tfprotov5.RenewEphemeralResourceResponse, error) {
	return &tfprotov5.RenewEphemeralResourceResponse{}, nil
}

func (s *server) CloseEphemeralResource(context.Context, *tfprotov5.CloseEphemeralResourceRequest) (*tfprotov5.CloseEphemeralResourceResponse, error) {
	return &tfprotov5.CloseEphemeralResourceResponse{}, nil
}

func (s *server) GetResourceIdentitySchemas(context.Context, *tfprotov5.GetResourceIdentitySchemasRequest) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov5.GetResourceIdentitySchemasResponse{}, nil
}

func (s *server) UpgradeResourceIdentity(context.Context, *tfprotov5.UpgradeResourceIdentityRequest) (*tfprotov5.UpgradeResourceIdentityResponse, error) {
	return &tfprotov5.UpgradeResourceIdentityResponse{Diagnostics: failure("no resource has an identity schema", nil)}, nil
}

func (s *server) GenerateResourceConfig(context.Context, *tfprotov5.GenerateResourceConfigRequest) (*tfprotov5.GenerateResourceConfigResponse, error) {
	return &tfprotov5.GenerateResourceConfigResponse{Diagnostics: failure("generating configuration is not simulated", nil)}, nil
}

func (s *server) GetFunctions(context.Context, *tfprotov5.GetFunctionsRequest) (*tfprotov5.GetFunctionsResponse, error) {
	return &tfprotov5.GetFunctionsResponse{}, nil
}

func (s *server) CallFunction(context.Context, *tfprotov5.CallFunctionRequest) (*tfprotov5.CallFunctionResponse, error) {
	return &tfprotov5.CallFunctionResponse{Error: &tfprotov5.FunctionError{Text: "provider functions are not simulated"}}, nil
}
