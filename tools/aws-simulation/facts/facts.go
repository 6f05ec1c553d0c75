// Package facts holds what is known of AWS and its provider beyond the schema: tables, each row with its source.
package facts

import (
	"crypto/rand"
	"embed"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
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
	// Global tells that regions share it, although the provider gives it a region.
	Global bool
	// ID is a template for the identifier.
	ID string
	// Computed has templates or values of what AWS computes, by name or, inside of blocks, by path.
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
	// Held is AWS's code for that, DependencyViolation where none is told.
	Held string
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
	names, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	for _, entry := range names {
		if strings.HasSuffix(entry.Name(), ".yaml") && entry.Name() != "references.yaml" {
			maps.Copy(all, read[map[string]*Type](entry.Name()))
		}
	}
	return all
})

var references = sync.OnceValue(func() map[string]string { return read[map[string]string]("references.yaml") })

var values = sync.OnceValue(func() map[string]map[string]Values { return read[map[string]map[string]Values]("values.json") })

// read reads a table; JSON is YAML too.
func read[Table any](name string) Table {
	var table Table
	text, err := files.ReadFile(name)
	if err == nil {
		err = yaml.Unmarshal(text, &table)
	}
	if err != nil {
		panic(name + ": " + err.Error())
	}
	return table
}

// Of returns what is known of a type; nothing but general rules where it has no row.
func Of(kind string) *Type {
	if t := tables()[kind]; t != nil {
		return t
	}
	return &Type{}
}

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
func Eval(expression string, environment map[string]any) any {
	program, err := expr.Compile(expression, expr.Env(map[string]any{}), expr.AllowUndefinedVariables())
	if err != nil {
		panic(fmt.Sprintf("expression %q: %v", expression, err))
	}
	result, err := expr.Run(program, environment)
	if err != nil {
		panic(fmt.Sprintf("expression %q: %v", expression, err))
	}
	return plain(result)
}

// plain makes of a result what JSON would: whole numbers are floating, names are texts.
func plain(value any) any {
	switch value := value.(type) {
	case int:
		return float64(value)
	case []any:
		for i := range value {
			value[i] = plain(value[i])
		}
	case map[any]any:
		members := map[string]any{}
		for name, member := range value {
			members[fmt.Sprint(name)] = plain(member)
		}
		return members
	}
	return value
}

var inTemplate = regexp.MustCompile(`\{([^}]*)\}`)

// Expand replaces each {expression} of a template. One that is the whole template keeps its type; what is no text is itself.
func Expand(template any, environment map[string]any) any {
	switch template := template.(type) {
	case map[string]any:
		expanded := map[string]any{}
		for name, member := range template {
			expanded[name] = Expand(member, environment)
		}
		return expanded
	case []any:
		expanded := make([]any, len(template))
		for i, element := range template {
			expanded[i] = Expand(element, environment)
		}
		return expanded
	case int:
		return float64(template)
	case string:
		if whole := inTemplate.FindString(template); whole != "" && whole == template {
			return Eval(template[1:len(template)-1], environment)
		}
		return inTemplate.ReplaceAllStringFunc(template, func(expression string) string {
			value := Eval(expression[1:len(expression)-1], environment)
			if value == nil {
				return ""
			}
			return fmt.Sprint(value)
		})
	}
	return template
}
