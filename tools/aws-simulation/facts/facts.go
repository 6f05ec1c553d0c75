// Package facts holds what is known of AWS and its provider beyond the schema: tables, each row with its source.
package facts

import (
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml values.json
var files embed.FS

// Type is what is known of one type of resource. Texts with {…} are templates: see Expand.
type Type struct {
	Source string
	// ID is a template for the identifier.
	ID string
	// Computed has templates or values of what AWS computes.
	Computed map[string]any
	// Defaults has what the provider plans for arguments that aren't set.
	Defaults map[string]any
	// Replace lists arguments whose change makes a new resource.
	Replace []string
	// Renews has, by argument, the computed values that change with it.
	Renews map[string][]string
	// Unique lists arguments that no other resource of the type may have the same of; a+b means both together.
	Unique []string
	// Refers has, by argument, the type that must exist with such an ID, ARN or name; empty where none must.
	Refers map[string]string
	// HeldBy lists arguments of other types, as type.argument; while one refers to this resource it can't be deleted.
	HeldBy []string `yaml:"held_by"`
	// Refuse lists AWS's own rules.
	Refuse []Rule
	// With lists what AWS makes along with it.
	With []Companion
	// Seconds is how long AWS takes to make or change it.
	Seconds float64
}

// Rule is a reason to refuse a call: If is an expression over the arguments, old values under old, region and account.
type Rule struct {
	On     []string
	If     string
	Error  string
	Source string
}

// Companion is made with a resource and deleted with it.
type Companion struct {
	Type       string
	ID         string
	Attributes map[string]any
}

// Values is what an argument may be, from the model of the API.
type Values struct {
	Enum    []string
	Pattern string
	Min     *float64
	Max     *float64
	// Text tells that the limits are of the length.
	Text   bool
	Source string
}

var tables = sync.OnceValue(func() map[string]*Type {
	all := map[string]*Type{}
	entries, _ := files.ReadDir(".")
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".yaml") || entry.Name() == "references.yaml" {
			continue
		}
		text, _ := files.ReadFile(entry.Name())
		table := map[string]*Type{}
		if err := yaml.Unmarshal(text, table); err != nil {
			panic(entry.Name() + ": " + err.Error())
		}
		for name, t := range table {
			all[name] = t
		}
	}
	return all
})

var references = sync.OnceValue(func() map[string]string {
	text, _ := files.ReadFile("references.yaml")
	table := map[string]string{}
	if err := yaml.Unmarshal(text, table); err != nil {
		panic("references.yaml: " + err.Error())
	}
	return table
})

var values = sync.OnceValue(func() map[string]map[string]Values {
	text, _ := files.ReadFile("values.json")
	table := map[string]map[string]Values{}
	if err := json.Unmarshal(text, &table); err != nil {
		panic("values.json: " + err.Error())
	}
	return table
})

// Of returns what is known of a type; nothing but general rules where it has no row.
func Of(kind string) *Type {
	if t := tables()[kind]; t != nil {
		return t
	}
	return &Type{}
}

// Known tells whether the type has a row.
func Known(kind string) bool { return tables()[kind] != nil }

// ValuesOf returns the limits of a type's arguments, by path such as logging_config.log_format.
func ValuesOf(kind string) map[string]Values { return values()[kind] }

// Reference returns the type that an argument refers to, or nothing.
func (t *Type) Reference(argument string) string {
	if target, ok := t.Refers[argument]; ok {
		return target
	}
	return references()[argument]
}

// Hex returns so many random hexadecimal digits.
func Hex(digits int) string {
	bytes := make([]byte, (digits+1)/2)
	rand.Read(bytes)
	return hex.EncodeToString(bytes)[:digits]
}

// Eval computes an expression; a name that isn't there is nil.
func Eval(expression string, environment map[string]any) (any, error) {
	program, err := expr.Compile(expression, expr.Env(map[string]any{}), expr.AllowUndefinedVariables())
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", expression, err)
	}
	result, err := expr.Run(program, environment)
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", expression, err)
	}
	return result, nil
}

// Expand replaces each {expression} of a template. One that is the whole template keeps its type; what is no text is itself.
func Expand(template any, environment map[string]any) (any, error) {
	switch template := template.(type) {
	case map[string]any:
		expanded := map[string]any{}
		for name, member := range template {
			var err error
			if expanded[name], err = Expand(member, environment); err != nil {
				return nil, err
			}
		}
		return expanded, nil
	case []any:
		expanded := make([]any, len(template))
		for i, element := range template {
			var err error
			if expanded[i], err = Expand(element, environment); err != nil {
				return nil, err
			}
		}
		return expanded, nil
	case int:
		return float64(template), nil
	case string:
		return expandText(template, environment)
	}
	return template, nil
}

func expandText(template string, environment map[string]any) (any, error) {
	var text strings.Builder
	rest := template
	for {
		before, after, found := strings.Cut(rest, "{")
		text.WriteString(before)
		if !found {
			return text.String(), nil
		}
		expression, remainder, closed := strings.Cut(after, "}")
		if !closed {
			return nil, fmt.Errorf("template %q: } is missing", template)
		}
		value, err := Eval(expression, environment)
		if err != nil {
			return nil, err
		}
		if "{"+expression+"}" == template {
			if n, ok := value.(int); ok {
				return float64(n), nil
			}
			return value, nil
		}
		if value == nil {
			value = ""
		}
		fmt.Fprint(&text, value)
		rest = remainder
	}
}
