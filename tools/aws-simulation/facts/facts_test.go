package facts

import (
	"regexp"
	"testing"

	"github.com/expr-lang/expr"
)

// An expression that can't be read would show only when its type is used.
func TestExpressions(t *testing.T) {
	compile := func(kind, expression string) {
		if _, err := expr.Compile(expression, expr.Env(map[string]any{}), expr.AllowUndefinedVariables()); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	var templates func(kind string, template any)
	templates = func(kind string, template any) {
		switch template := template.(type) {
		case string:
			for _, found := range inTemplate.FindAllStringSubmatch(template, -1) {
				compile(kind, found[1])
			}
		case map[string]any:
			for _, member := range template {
				templates(kind, member)
			}
		case []any:
			for _, element := range template {
				templates(kind, element)
			}
		}
	}
	for kind, row := range tables() {
		for _, rule := range row.Refuse {
			compile(kind, rule.If)
		}
		templates(kind, row.ID)
		templates(kind, row.Computed)
		for _, companion := range row.With {
			templates(kind, companion.ID)
			templates(kind, companion.Attributes)
		}
	}
}

func TestPatterns(t *testing.T) {
	for kind, arguments := range values() {
		for argument, limits := range arguments {
			if _, err := regexp.Compile(limits.Pattern); err != nil {
				t.Errorf("%s.%s: %v", kind, argument, err)
			}
		}
	}
}
