package provider

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hello/aws-simulation/account"
	"hello/aws-simulation/facts"
	"hello/aws-simulation/schema"
)

// check refuses what AWS would refuse to make.
func (s *server) check(call, kind string, block *schema.Block, prior, planned map[string]any, region string) error {
	if faults := checkValues(kind, planned); len(faults) > 0 {
		return fmt.Errorf("api error ValidationException: %s", strings.Join(faults, "; "))
	}
	if err := s.checkReferences(facts.Of(kind), prior, planned, region); err != nil {
		return err
	}
	if err := s.checkUnique(kind, prior, planned, region); err != nil {
		return err
	}
	return s.refuse(call, kind, prior, planned, region)
}

// checkValues holds known arguments against the limits in the API's model.
func checkValues(kind string, attributes map[string]any) []string {
	var faults []string
	for path, limits := range facts.ValuesOf(kind) {
		for _, value := range at(attributes, strings.Split(path, ".")) {
			if fault := misfit(value, limits); fault != "" {
				faults = append(faults, fmt.Sprintf("%s %s (%s)", path, fault, limits.Source))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// at returns the values at a path, through lists.
func at(value any, path []string) []any {
	switch v := value.(type) {
	case []any:
		var all []any
		for _, element := range v {
			all = append(all, at(element, path)...)
		}
		return all
	case map[string]any:
		if len(path) > 0 {
			return at(v[path[0]], path[1:])
		}
	}
	if len(path) > 0 || value == nil || value == unknown {
		return nil
	}
	return []any{value}
}

func misfit(value any, limits facts.Values) string {
	size, isNumber := value.(float64)
	text, isText := value.(string)
	if isText && limits.Text {
		size = float64(len([]rune(text)))
	}
	switch {
	// The provider leaves an empty text out.
	case isText && text == "":
	case isText && limits.Enum != nil && !slices.Contains(limits.Enum, text):
		return fmt.Sprintf("is %q, must be one of %s", text, strings.Join(limits.Enum, ", "))
	case isText && limits.Pattern != "" && !matchesWhole(limits.Pattern, text):
		return fmt.Sprintf("is %q, must match %s", text, limits.Pattern)
	case isNumber || limits.Text:
		if limits.Min != nil && size < *limits.Min {
			return fmt.Sprintf("is %v, must be at least %v", value, *limits.Min)
		}
		if limits.Max != nil && size > *limits.Max {
			return fmt.Sprintf("is %v, must be at most %v", value, *limits.Max)
		}
	}
	return ""
}

// matchesWhole holds a text against a pattern; one that Go can't read (Java's own notation) passes everything.
func matchesWhole(pattern, text string) bool {
	compiled, err := regexp.Compile("^(?:" + pattern + ")$")
	return err != nil || compiled.MatchString(text)
}

// checkReferences refuses arguments that name what isn't there.
func (s *server) checkReferences(known *facts.Type, prior, planned map[string]any, region string) error {
	var walk func(value any, argument, region string) error
	walk = func(value any, argument, region string) error {
		switch value := value.(type) {
		case map[string]any:
			if inner, ok := value["region"].(string); ok && inner != "" {
				region = inner
			} else if inner, ok := value["region_name"].(string); ok && inner != "" {
				region = inner
			}
			for name, member := range value {
				if err := walk(member, name, region); err != nil {
					return err
				}
			}
		case []any:
			for _, element := range value {
				if err := walk(element, argument, region); err != nil {
					return err
				}
			}
		case string:
			return s.checkReference(known, argument, value, region)
		}
		return nil
	}
	for name, value := range planned {
		if name == "tags" || name == "tags_all" || (prior != nil && fmt.Sprint(prior[name]) == fmt.Sprint(value)) {
			continue
		}
		if err := walk(value, name, region); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) checkReference(known *facts.Type, argument, value, region string) error {
	target := known.Reference(argument)
	if target == "" || value == "" || strings.Contains(value, "alias/aws/") || strings.Contains(value, ":role/aws-service-role/") {
		return nil
	}
	arn := strings.Split(value, ":")
	isARN := len(arn) > 5 && arn[0] == "arn"
	if isARN && arn[4] != s.account.ID {
		// Of AWS or of another account: out of sight.
		return nil
	}
	if isARN && arn[3] != "" && arn[3] != region {
		return fmt.Errorf("api error InvalidParameterValue: %s %s is in another region than %s", argument, value, region)
	}
	for _, kind := range strings.Split(target, "|") {
		if s.lookup(kind, region, value) != nil {
			return nil
		}
	}
	return fmt.Errorf("api error NotFound: %s: there is no %s %q in %s", argument, target, value, region)
}

func (s *server) checkUnique(kind string, prior, planned map[string]any, region string) error {
	for _, key := range facts.Of(kind).Unique {
		arguments := strings.Split(key, "+")
		same := func(attributes map[string]any) bool {
			for _, argument := range arguments {
				if attributes[argument] == nil || fmt.Sprint(attributes[argument]) != fmt.Sprint(planned[argument]) {
					return false
				}
			}
			return true
		}
		if prior != nil && same(prior) {
			continue
		}
		taken, err := s.account.Find(kind, region, func(r *account.Resource) bool { return same(r.Attributes) })
		if err != nil {
			return err
		}
		if len(taken) > 0 {
			return fmt.Errorf("api error AlreadyExistsException: %s %v already exists", kind, planned[arguments[0]])
		}
	}
	return nil
}

// refuse applies AWS's own rules.
func (s *server) refuse(call, kind string, prior, planned map[string]any, region string) error {
	for _, rule := range facts.Of(kind).Refuse {
		if on := rule.On; !slices.Contains(on, call) && !(len(on) == 0 && call != "delete") {
			continue
		}
		environment := s.environment(planned, region)
		environment["old"] = prior
		environment["creating"] = call == "create"
		broken, err := facts.Eval(rule.If, environment)
		if err != nil {
			return fmt.Errorf("rule of %s: %w", kind, err)
		}
		if broken == true {
			return fmt.Errorf("api error %s (%s)", rule.Error, rule.Source)
		}
	}
	return nil
}

// held refuses to delete what others still use.
func (s *server) held(kind string, r *account.Resource) error {
	for _, holder := range facts.Of(kind).HeldBy {
		holderKind, path, _ := strings.Cut(holder, ".")
		found, err := s.account.Find(holderKind, r.Region, func(other *account.Resource) bool {
			if other.MadeBy == r.ID {
				return false
			}
			for _, value := range at(other.Attributes, strings.Split(path, ".")) {
				if value == r.ID || value == r.Attributes["arn"] || (value == r.Attributes["name"] && value != "") {
					return true
				}
			}
			return false
		})
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return fmt.Errorf("api error DependencyViolation: %s %s can't be deleted while %s %s uses it",
				kind, r.ID, holderKind, found[0].ID)
		}
	}
	return nil
}
