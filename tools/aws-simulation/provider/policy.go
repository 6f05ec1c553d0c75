package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

// policyDocument computes aws_iam_policy_document: statements merged by Sid in the provider's order (source documents,
// own statements, overriding documents), one-element lists as texts, &{…} for variables.
// Source: the data source's page in the provider's documentation.
func policyDocument(data map[string]any) error {
	var statements []map[string]any
	merge := func(statement map[string]any, override bool) error {
		sid, _ := statement["Sid"].(string)
		same := func(other map[string]any) bool { return sid != "" && other["Sid"] == sid }
		if i := slices.IndexFunc(statements, same); i >= 0 {
			if !override {
				return fmt.Errorf("duplicate Sid (%s)", sid)
			}
			statements[i] = statement
			return nil
		}
		statements = append(statements, statement)
		return nil
	}
	if err := mergeDocuments(data["source_policy_documents"], false, merge); err != nil {
		return err
	}
	own, _ := data["statement"].([]any)
	for _, block := range own {
		// An own statement overrides a source's with its Sid.
		if err := merge(statement(asMap(block)), true); err != nil {
			return err
		}
	}
	if err := mergeDocuments(data["override_policy_documents"], true, merge); err != nil {
		return err
	}
	document := struct {
		Version   string
		ID        any              `json:"Id,omitempty"`
		Statement []map[string]any `json:",omitempty"`
	}{"2012-10-17", data["policy_id"], statements}
	if version, ok := data["version"].(string); ok && version != "" {
		document.Version = version
	}
	pretty, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	minified, err := json.Marshal(document)
	data["json"], data["minified_json"], data["id"] = string(pretty), string(minified), checksum(string(pretty))
	return err
}

func mergeDocuments(documents any, override bool, merge func(map[string]any, bool) error) error {
	list, _ := documents.([]any)
	for _, text := range list {
		if text == nil || text == "" {
			continue
		}
		var document struct{ Statement json.RawMessage }
		if err := json.Unmarshal([]byte(fmt.Sprint(text)), &document); err != nil {
			return fmt.Errorf("policy document: %w", err)
		}
		var several []map[string]any
		if json.Unmarshal(document.Statement, &several) != nil {
			var one map[string]any
			if err := json.Unmarshal(document.Statement, &one); err != nil {
				return fmt.Errorf("policy document: %w", err)
			}
			several = []map[string]any{one}
		}
		for _, s := range several {
			if err := merge(s, override); err != nil {
				return err
			}
		}
	}
	return nil
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
		if texts := texts(block[argument]); len(texts) > 0 {
			sort.Sort(sort.Reverse(sort.StringSlice(texts)))
			s[member] = oneOrMany(texts)
		}
	}
	for member, argument := range map[string]string{"Principal": "principals", "NotPrincipal": "not_principals"} {
		if principals := principals(block[argument]); principals != nil {
			s[member] = principals
		}
	}
	conditions := map[string]map[string]any{}
	blocks, _ := block["condition"].([]any)
	for _, c := range blocks {
		test, variable := fmt.Sprint(asMap(c)["test"]), fmt.Sprint(asMap(c)["variable"])
		if conditions[test] == nil {
			conditions[test] = map[string]any{}
		}
		values := texts(asMap(c)["values"])
		if before, ok := conditions[test][variable]; ok {
			values = append(manyOf(before), values...)
		}
		conditions[test][variable] = oneOrMany(values)
	}
	if len(conditions) > 0 {
		s["Condition"] = conditions
	}
	return s
}

func principals(blocks any) any {
	list, _ := blocks.([]any)
	byType := map[string][]string{}
	for _, block := range list {
		kind := fmt.Sprint(asMap(block)["type"])
		byType[kind] = append(byType[kind], texts(asMap(block)["identifiers"])...)
	}
	if len(byType) == 0 {
		return nil
	}
	if slices.Equal(byType["*"], []string{"*"}) && len(byType) == 1 {
		return "*"
	}
	result := map[string]any{}
	for _, kind := range slices.Sorted(maps.Keys(byType)) {
		sort.Sort(sort.Reverse(sort.StringSlice(byType[kind])))
		result[kind] = oneOrMany(byType[kind])
	}
	return result
}

// texts reads a list of texts; &{…} is how policy variables are written, since ${…} is the language's own.
func texts(value any) []string {
	list, _ := value.([]any)
	result := make([]string, len(list))
	for i, text := range list {
		result[i] = strings.ReplaceAll(fmt.Sprint(text), "&{", "${")
	}
	return result
}

func oneOrMany(texts []string) any {
	if len(texts) == 1 {
		return texts[0]
	}
	return texts
}

func manyOf(value any) []string {
	if text, ok := value.(string); ok {
		return []string{text}
	}
	return value.([]string)
}
