package provider

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"hash/crc32"
	"maps"
	"math/big"
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
		fillBlock(block, data, unguessed)
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
		found.ID = fmt.Sprint(crc32.ChecksumIEEE([]byte(fmt.Sprint(data["json"]))))
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
	found := s.account.Find(kind, s.place(kind, s.schema.Resources[kind].Block(), data), func(r *account.Resource) bool { return described(r, config) })
	if len(found) != 1 {
		panic(fmt.Sprintf("%d matching %s found in %s, 1 expected", len(found), kind, region))
	}
	for name, value := range data {
		// The facts don't tell which arguments of data sources are computed too.
		if actual, has := found[0].Attributes[name]; has && (value == unknown || value == nil) {
			data[name] = actual
		}
	}
	return found[0].ID
}

// all finds every resource that they describe, such as for aws_subnets.
func (s *server) all(kind string, config, data map[string]any, region string) {
	target := strings.TrimSuffix(kind, "s")
	if s.schema.Resources[target].Block() == nil {
		panic("the simulation has no facts about the data source " + kind + ": add a row to facts/data.yaml")
	}
	ids := []any{}
	for _, r := range s.account.Find(target, region, func(r *account.Resource) bool { return described(r, config) }) {
		ids = append(ids, r.ID)
	}
	data["ids"] = ids
}

// described tells whether a resource has the values of a data source's arguments, tags and filters.
func described(r *account.Resource, config map[string]any) bool {
	wanted := map[string]any{}
	maps.Copy(wanted, config)
	for _, block := range asList(config["filter"]) {
		name := fmt.Sprint(asMap(block)["name"])
		if !strings.HasPrefix(name, "tag:") {
			name = strings.ReplaceAll(name, "-", "_")
		}
		wanted[name] = asMap(block)["values"]
	}
	for tag, value := range asMap(config["tags"]) {
		wanted["tag:"+tag] = value
	}
	for name, value := range wanted {
		if slices.Contains([]string{"region", "timeouts", "filter", "tags"}, name) || value == nil || reflect.DeepEqual(value, []any{}) {
			continue
		}
		// What no attribute is, such as a data source's identifier, is the ID.
		actual, has := r.Attributes[name]
		if tag, isTag := strings.CutPrefix(name, "tag:"); isTag {
			actual = asMap(r.Attributes["tags_all"])[tag]
		} else if !has {
			actual = r.ID
		}
		oneOf := slices.ContainsFunc(asList(value), func(v any) bool { return v == fmt.Sprint(actual) })
		if !oneOf && !reflect.DeepEqual(value, actual) {
			return false
		}
	}
	return true
}

// open reads what lives only as long as a run.
func (s *server) open(kind string, result map[string]any) {
	region, _ := result["region"].(string)
	if _, has := result["region"]; has {
		result["region"] = cmp.Or(region, s.region)
	}
	switch kind {
	case "aws_secretsmanager_random_password":
		result["random_password"] = password(result)
	case "aws_secretsmanager_secret_version":
		s.openSecret(result, cmp.Or(region, s.region))
	default:
		panic("the simulation can't open " + kind)
	}
}

// password has of each kind of letters but what the arguments exclude.
func password(arguments map[string]any) string {
	letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	if arguments["exclude_punctuation"] != true {
		letters += "!@#$%&*()-_=+[]{}<>:?"
	}
	exclude, _ := arguments["exclude_characters"].(string)
	length, given := arguments["password_length"].(float64)
	if !given {
		length = 32
	}
	text := ""
	for len(text) < int(length) {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		account.Check(err)
		if letter := letters[n.Int64():][:1]; !strings.Contains(exclude, letter) {
			text += letter
		}
	}
	return text
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
		return slices.Contains(at(r.Attributes, []string{"version_stages"}), any(cmp.Or(stage, "AWSCURRENT")))
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
