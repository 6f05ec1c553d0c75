package provider

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hello/aws-simulation/account"
	"hello/aws-simulation/facts"
)

// check refuses what AWS would refuse to make.
func (s *server) check(call, kind string, prior, planned map[string]any, region string) {
	refuseValues(kind, planned)
	for name, value := range planned {
		if name != "tags" && name != "tags_all" && (prior == nil || fmt.Sprint(prior[name]) != fmt.Sprint(value)) {
			s.checkReferences(facts.Of(kind), value, name, region)
		}
	}
	s.checkUnique(kind, prior, planned, region)
	s.refuse(call, kind, prior, planned, region)
}

// refuseValues holds known arguments against the limits in the API's model.
func refuseValues(kind string, attributes map[string]any) {
	var faults []string
	for path, limits := range facts.ValuesOf(kind) {
		for _, value := range at(attributes, strings.Split(path, ".")) {
			if fault := misfit(value, limits); fault != "" {
				faults = append(faults, fmt.Sprintf("%s %s (%s)", path, fault, limits.Source))
			}
		}
	}
	slices.Sort(faults)
	if len(faults) > 0 {
		account.Refuse("ValidationException: %s", strings.Join(faults, "; "))
	}
}

// at returns the known values at a path, through lists.
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
	text, _ := value.(string)
	if limits.Text {
		size = float64(len([]rune(text)))
	}
	switch {
	// The provider leaves an empty text out.
	case text == "" && !isNumber:
	case limits.Enum != nil && !slices.Contains(limits.Enum, text):
		return fmt.Sprintf("is %q, must be one of %s", text, strings.Join(limits.Enum, ", "))
	case limits.Pattern != "" && !regexp.MustCompile("^(?:"+limits.Pattern+")$").MatchString(text):
		return fmt.Sprintf("is %q, must match %s", text, limits.Pattern)
	case limits.Min != nil && size < *limits.Min:
		return fmt.Sprintf("is %v, must be at least %v", value, *limits.Min)
	case limits.Max != nil && size > *limits.Max:
		return fmt.Sprintf("is %v, must be at most %v", value, *limits.Max)
	}
	return ""
}

// checkReferences refuses arguments that name what isn't there, at any depth; a block may name its own region.
func (s *server) checkReferences(known *facts.Type, value any, argument, region string) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range []string{"region", "region_name"} {
			if inner, ok := value[name].(string); ok && inner != "" {
				region = inner
			}
		}
		for name, member := range value {
			s.checkReferences(known, member, name, region)
		}
	case []any:
		for _, element := range value {
			s.checkReferences(known, element, argument, region)
		}
	case string:
		s.checkReference(known.Reference(argument), argument, value, region)
	}
}

// What AWS itself keeps in every account.
var awsOwned = regexp.MustCompile(`alias/aws/|:role/aws-service-role/`)

func (s *server) checkReference(target, argument, value, region string) {
	if target == "" || value == "" || awsOwned.MatchString(value) {
		return
	}
	if arn := strings.Split(value, ":"); len(arn) > 5 && arn[0] == "arn" {
		if arn[4] != s.account.ID {
			// Of AWS or of another account: out of sight.
			return
		}
		if arn[3] != "" && arn[3] != region && region != account.Global {
			account.Refuse("InvalidParameterValue: %s %s is in another region than %s", argument, value, region)
		}
	}
	for _, kind := range strings.Split(target, "|") {
		if s.lookup(kind, region, value) != nil {
			return
		}
	}
	account.Refuse("NotFound: %s: there is no %s %q in %s", argument, target, value, region)
}

func (s *server) checkUnique(kind string, prior, planned map[string]any, region string) {
	for _, key := range facts.Of(kind).Unique {
		arguments := strings.Split(key, "+")
		same := func(attributes map[string]any) bool {
			return planned[arguments[len(arguments)-1]] != nil && !slices.ContainsFunc(arguments, func(argument string) bool {
				return fmt.Sprint(attributes[argument]) != fmt.Sprint(planned[argument])
			})
		}
		if prior != nil && same(prior) {
			continue
		}
		if len(s.account.Find(kind, region, func(r *account.Resource) bool { return same(r.Attributes) })) > 0 {
			account.Refuse("AlreadyExistsException: another %s has the same %s", kind, key)
		}
	}
}

// refuse applies AWS's own rules.
func (s *server) refuse(call, kind string, prior, planned map[string]any, region string) {
	for _, rule := range facts.Of(kind).Refuse {
		if slices.Contains(rule.On, call) || (len(rule.On) == 0 && call != "delete") {
			environment := s.environment(planned, region)
			environment["old"] = prior
			if facts.Eval(rule.If, environment) == true {
				account.Refuse("%s (%s)", rule.Error, rule.Source)
			}
		}
	}
}

// held refuses to delete what others still use.
func (s *server) held(r *account.Resource) {
	known := facts.Of(r.Type)
	code := cmp.Or(known.Held, "DependencyViolation")
	for _, holder := range known.HeldBy {
		kind, path, _ := strings.Cut(holder, ".")
		for _, other := range s.account.Find(kind, r.Region, func(other *account.Resource) bool { return other.MadeBy != r.ID }) {
			for _, value := range at(other.Attributes, strings.Split(path, ".")) {
				if value == r.ID || value == r.Attributes["arn"] || (value == r.Attributes["name"] && value != "") {
					account.Refuse("%s: %s %s can't be deleted while %s %s uses it", code, r.Type, r.ID, kind, other.ID)
				}
			}
		}
	}
}
