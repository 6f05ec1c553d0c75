package provider

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hello/aws-simulation/account"
)

// policyDocument computes aws_iam_policy_document: source documents, own statements, overriding documents, of which a
// later statement takes the place of one with its Sid. Source: the data source's page in the provider's documentation.
func policyDocument(data map[string]any) {
	statements := []map[string]any{}
	add := func(statement map[string]any) {
		sid := statement["Sid"]
		i := slices.IndexFunc(statements, func(other map[string]any) bool { return sid != nil && other["Sid"] == sid })
		if i < 0 {
			statements = append(statements, statement)
		} else {
			statements[i] = statement
		}
	}
	addDocuments(data["source_policy_documents"], add)
	for _, block := range asList(data["statement"]) {
		add(statement(asMap(block)))
	}
	addDocuments(data["override_policy_documents"], add)
	document := map[string]any{"Version": "2012-10-17", "Statement": statements}
	if version, _ := data["version"].(string); version != "" {
		document["Version"] = version
	}
	if id, _ := data["policy_id"].(string); id != "" {
		document["Id"] = id
	}
	pretty, err := json.MarshalIndent(document, "", "  ")
	account.Check(err)
	data["json"], data["minified_json"] = string(pretty), string(asJSON(document))
}

func addDocuments(documents any, add func(map[string]any)) {
	for _, text := range asList(documents) {
		var document struct{ Statement any }
		if text != nil && text != "" {
			account.Check(json.Unmarshal([]byte(fmt.Sprint(text)), &document))
		}
		each(document.Statement, func(statement map[string]any) any {
			add(statement)
			return nil
		})
	}
}

func statement(block map[string]any) map[string]any {
	s := map[string]any{"Effect": "Allow"}
	for member, argument := range map[string]string{"Sid": "sid", "Effect": "effect"} {
		if text, _ := block[argument].(string); text != "" {
			s[member] = text
		}
	}
	for member, argument := range map[string]string{
		"Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources",
	} {
		if values := texts(block[argument]); len(values) > 0 {
			s[member] = oneOrMany(values)
		}
	}
	for member, argument := range map[string]string{"Principal": "principals", "NotPrincipal": "not_principals"} {
		if principals := grouped(block[argument], "type", "identifiers"); principals["*"] == "*" {
			s[member] = "*"
		} else if len(principals) > 0 {
			s[member] = principals
		}
	}
	conditions := map[string][]any{}
	for _, condition := range asList(block["condition"]) {
		test := fmt.Sprint(asMap(condition)["test"])
		conditions[test] = append(conditions[test], condition)
	}
	tests := map[string]any{}
	for test, same := range conditions {
		tests[test] = grouped(same, "variable", "values")
	}
	if len(tests) > 0 {
		s["Condition"] = tests
	}
	return s
}

// grouped collects the values of blocks by one of their arguments.
func grouped(blocks any, by, values string) map[string]any {
	groups := map[string][]string{}
	for _, block := range asList(blocks) {
		key := fmt.Sprint(asMap(block)[by])
		groups[key] = append(groups[key], texts(asMap(block)[values])...)
	}
	result := map[string]any{}
	for key, group := range groups {
		result[key] = oneOrMany(group)
	}
	return result
}

// texts reads a list of texts; &{…} is how policy variables are written, since ${…} is the language's own.
func texts(value any) []string {
	result := []string{}
	for _, text := range asList(value) {
		if text != nil {
			result = append(result, strings.ReplaceAll(fmt.Sprint(text), "&{", "${"))
		}
	}
	return result
}

func oneOrMany(texts []string) any {
	if len(texts) == 1 {
		return texts[0]
	}
	return texts
}
