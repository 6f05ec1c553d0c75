package provider

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"hello/aws-simulation/account"
	"hello/aws-simulation/facts"
	"hello/aws-simulation/schema"
)

// answer reads a data source: computed by a function, told by the facts, or looked up in the account.
func (s *server) answer(kind string, block *schema.Block, config map[string]any) map[string]any {
	data := maps.Clone(config)
	for name, a := range block.Attributes {
		if a.Computed && config[name] == nil {
			data[name] = unknown
		}
	}
	if s.name != "aws" {
		compute(kind, data)
		fillBlock(block, data, func(string) any { return nil })
		return data
	}
	region, known := s.asked(block, config), facts.Of("data."+kind)
	account.Call(s.account.Folder, "read", kind, region, 0.3)
	if block.Attributes["region"] != nil {
		data["region"] = region
	}
	found := &account.Resource{Type: kind, Region: region, Attributes: data}
	switch {
	case kind == "aws_iam_policy_document":
		policyDocument(data)
		found.ID = checksum(fmt.Sprint(data["json"]))
	case known.ID != "":
		found.ID = s.identify(kind, known, found)
	case s.schema.Resources[kind].Block() != nil:
		found.ID = s.one(kind, config, data, region)
	default:
		s.all(kind, config, data, region)
		found.ID = region
	}
	s.fill(kind, block, known, found)
	return data
}

// one finds the resource that the arguments and filters describe, such as for aws_subnet.
func (s *server) one(kind string, config, data map[string]any, region string) string {
	if facts.Of(kind).Global {
		region = account.Global
	}
	found := s.account.Find(kind, region, func(r *account.Resource) bool { return described(r, config) })
	if len(found) != 1 {
		panic(fmt.Sprintf("%d matching %s found in %s, 1 expected", len(found), kind, region))
	}
	for name, value := range data {
		if actual, has := found[0].Attributes[name]; value == unknown && has {
			data[name] = actual
		}
	}
	if data["tags"] == unknown || data["tags"] == nil {
		data["tags"] = found[0].Attributes["tags_all"]
	}
	return found[0].ID
}

// all finds every resource that they describe, such as for aws_subnets.
func (s *server) all(kind string, config, data map[string]any, region string) {
	target := strings.TrimSuffix(kind, "s")
	if s.schema.Resources[target].Block() == nil {
		panic("the simulation has no facts about the data source " + kind + ": add a row to facts/data.yaml")
	}
	data["ids"], data["names"] = []any{}, []any{}
	for _, r := range s.account.Find(target, region, func(r *account.Resource) bool { return described(r, config) }) {
		data["ids"] = append(data["ids"].([]any), r.ID)
		data["names"] = append(data["names"].([]any), r.Attributes["name"])
	}
}

// described tells whether a resource has the values of a data source's arguments, tags and filters.
func described(r *account.Resource, config map[string]any) bool {
	tags := asMap(r.Attributes["tags_all"])
	for name, wanted := range config {
		switch name {
		case "region", "timeouts", "filter":
			continue
		case "tags":
			for tag, value := range asMap(wanted) {
				if tags[tag] != value {
					return false
				}
			}
			continue
		}
		if wanted != nil && !reflect.DeepEqual(wanted, []any{}) && !reflect.DeepEqual(wanted, valueOr(r, name)) {
			return false
		}
	}
	filters, _ := config["filter"].([]any)
	for _, filter := range filters {
		name := fmt.Sprint(asMap(filter)["name"])
		actual := valueOr(r, strings.ReplaceAll(name, "-", "_"))
		if tag, isTag := strings.CutPrefix(name, "tag:"); isTag {
			actual = tags[tag]
		}
		if values, _ := asMap(filter)["values"].([]any); !slices.ContainsFunc(values, func(v any) bool { return v == fmt.Sprint(actual) }) {
			return false
		}
	}
	return true
}

// valueOr is an attribute's value; what no attribute is, such as a data source's identifier, is the ID.
func valueOr(r *account.Resource, name string) any {
	if value, has := r.Attributes[name]; has {
		return value
	}
	return r.ID
}

// open reads what lives only as long as a run.
func (s *server) open(kind string, result map[string]any) {
	region, _ := result["region"].(string)
	if _, has := result["region"]; has {
		result["region"] = firstOf(region, s.region)
	}
	switch {
	case s.name != "aws":
		compute(kind, result)
	case kind == "aws_secretsmanager_random_password":
		result["random_password"] = randomText(result, "password_length", 32)
	case kind == "aws_secretsmanager_secret_version":
		s.openSecret(result, firstOf(region, s.region))
	default:
		panic("the simulation can't open " + kind)
	}
}

func (s *server) openSecret(result map[string]any, region string) {
	account.Call(s.account.Folder, "read", "aws_secretsmanager_secret_version", region, 0)
	secret := s.lookup("aws_secretsmanager_secret", region, fmt.Sprint(result["secret_id"]))
	if secret == nil {
		account.Refuse("ResourceNotFoundException: Secrets Manager can't find the specified secret %v", result["secret_id"])
	}
	stage, _ := result["version_stage"].(string)
	versions := s.account.Find("aws_secretsmanager_secret_version", "*", func(r *account.Resource) bool {
		// Of a replica the versions are its primary's.
		if of := r.Attributes["arn"]; of != secret.ID && of != secret.MadeBy {
			return false
		}
		if asked, _ := result["version_id"].(string); asked != "" {
			return asked == r.Attributes["version_id"]
		}
		return slices.Contains(at(r.Attributes, []string{"version_stages"}), any(firstOf(stage, "AWSCURRENT")))
	})
	if len(versions) == 0 {
		account.Refuse("ResourceNotFoundException: Secrets Manager can't find the specified secret value for %s", secret.ID)
	}
	current := versions[0]
	result["arn"], result["version_id"] = secret.ID, current.Attributes["version_id"]
	result["version_stages"] = current.Attributes["version_stages"]
	result["secret_string"] = current.Attributes["secret_string"]
	if value := current.Secret["secret_string_wo"]; value != nil {
		result["secret_string"] = value
	}
}
