package provider

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"hello/aws-simulation/account"
	"hello/aws-simulation/facts"
	"hello/aws-simulation/schema"
)

// asked returns the region whose API is asked about a resource.
func (s *server) asked(block *schema.Block, attributes map[string]any) string {
	if block.Attributes["region"] == nil {
		return account.Global
	}
	region, _ := attributes["region"].(string)
	return cmp.Or(region, s.region)
}

// place returns the region that a resource is in, which is none for what several regions share.
func (s *server) place(kind string, block *schema.Block, attributes map[string]any) string {
	if facts.Of(kind).Global {
		return account.Global
	}
	return s.asked(block, attributes)
}

// environment is what templates and rules see: the arguments, and the account around them.
func (s *server) environment(attributes map[string]any, region string) map[string]any {
	environment := maps.Clone(attributes)
	maps.DeleteFunc(environment, func(_ string, value any) bool { return value == unknown })
	environment["region"] = region
	environment["account"] = s.account.ID
	environment["hex"] = facts.Hex
	environment["within"], environment["overlap"] = within, overlap
	environment["members"] = func(global any) []any { return s.globalMembers(fmt.Sprint(global)) }
	// The resource of a type, in the region, that has the ID, ARN or name; nil where there is none.
	environment["resource"] = func(kind string, name any) any {
		if found := s.lookup(kind, region, fmt.Sprint(name)); found != nil {
			return withID(found)
		}
		return nil
	}
	// The resources of a type, in any region, whose argument has the value.
	environment["resources"] = func(kind, argument string, value any) []any {
		attributes := []any{}
		for _, r := range s.account.Find(kind, "*", func(r *account.Resource) bool {
			return slices.ContainsFunc(at(withID(r), []string{argument}), func(v any) bool { return v == value })
		}) {
			attributes = append(attributes, withID(r))
		}
		return attributes
	}
	return environment
}

func withID(r *account.Resource) map[string]any {
	attributes := maps.Clone(r.Attributes)
	attributes["id"] = r.ID
	return attributes
}

// lookup finds a resource by ID, ARN or name: in the region, or where the ARN says, or among the global ones.
func (s *server) lookup(kind, region, name string) *account.Resource {
	if arn := strings.Split(name, ":"); len(arn) > 5 && arn[0] == "arn" && arn[3] != "" {
		region = arn[3]
	}
	for _, place := range []string{region, account.Global} {
		if found := s.account.Get(kind, place, name); found != nil {
			return found
		}
		found := s.account.Find(kind, place, func(r *account.Resource) bool {
			return r.Attributes["arn"] == name || r.Attributes["name"] == name
		})
		if len(found) > 0 {
			return found[0]
		}
	}
	return nil
}

// write makes a change of the account: alone, with the faults that are set, as slowly as they say.
func (s *server) write(call, kind, region string, do func()) {
	seconds := facts.Of(kind).Seconds
	if seconds == 0 {
		seconds = 2
	}
	faults := account.Call(s.account.Folder, call, kind, region, seconds)
	account.Locked(s.account.Folder, func() { faults.Write(s.account.Folder, do) })
}

// put makes a resource out of its plan, or brings one to it.
func (s *server) put(kind string, block *schema.Block, id string, prior, planned, config map[string]any) *account.Resource {
	region, known := s.asked(block, planned), facts.Of(kind)
	call := map[bool]string{true: "create", false: "change"}[prior == nil]
	place := s.place(kind, block, planned)
	now := &account.Resource{Type: kind, ID: id, Region: place, Attributes: nameFromPrefix(block, planned)}
	s.write(call, kind, region, func() {
		s.check(call, kind, prior, planned, region)
		if prior == nil {
			now.ID = s.identify(kind, known, now)
		}
		before := s.account.Get(kind, place, now.ID)
		// A record of Route 53 that may be another's too.
		if prior == nil && before != nil && planned["allow_overwrite"] != true {
			account.Refuse("AlreadyExistsException: %s %s already exists", kind, now.ID)
		}
		if prior != nil && before == nil {
			account.Refuse("NotFoundException: %s %s does not exist", kind, now.ID)
		}
		s.fill(kind, block, known, now)
		now.Secret = map[string]any{}
		if before != nil {
			now.MadeBy, now.MadeByType = before.MadeBy, before.MadeByType
			maps.Copy(now.Secret, before.Secret)
		}
		sendSecrets(block, now, prior, config)
		s.account.Put(now)
		if before == nil {
			s.accompany(known, now)
		}
		s.afterWrite(now, before)
	})
	return now
}

// remove deletes a resource; one that is gone already is fine.
func (s *server) remove(kind string, block *schema.Block, id string, prior map[string]any) {
	region := s.asked(block, prior)
	s.write("delete", kind, region, func() {
		current := s.account.Get(kind, s.place(kind, block, prior), id)
		if current == nil {
			return
		}
		s.held(current)
		s.refuse("delete", kind, prior, withID(current), region)
		s.account.Delete(current)
		s.afterDelete(current)
	})
}

// identify makes the ID of a new resource, and the names in it that AWS or the provider makes up.
func (s *server) identify(kind string, known *facts.Type, r *account.Resource) string {
	template := known.ID
	if template == "" {
		template = strings.ReplaceAll(strings.TrimPrefix(kind, "aws_"), "_", "-") + "-{hex(17)}"
	}
	for name, made := range known.Computed {
		if r.Attributes[name] == unknown && strings.Contains(template, "{"+name+"}") {
			r.Attributes[name] = facts.Expand(made, s.environment(r.Attributes, r.Region))
		}
	}
	id, _ := facts.Expand(template, s.environment(r.Attributes, r.Region)).(string)
	if id == "" {
		panic(fmt.Sprintf("no ID for %s: the template %q is empty", kind, template))
	}
	return id
}

// nameFromPrefix makes the names that the provider makes.
func nameFromPrefix(block *schema.Block, planned map[string]any) map[string]any {
	attributes := maps.Clone(planned)
	for name := range block.Attributes {
		argument, isPrefix := strings.CutSuffix(name, "_prefix")
		if prefix, ok := planned[name].(string); ok && isPrefix && planned[argument] == unknown {
			attributes[argument] = prefix + time.Now().UTC().Format("20060102150405") + facts.Hex(12)
		}
	}
	return attributes
}

// fill gives every value that is still unknown one: from the facts, or of the kind that its name tells.
func (s *server) fill(kind string, block *schema.Block, known *facts.Type, r *account.Resource) {
	if block.Attributes["id"] != nil {
		r.Attributes["id"] = r.ID
	}
	environment := s.environment(r.Attributes, r.Region)
	environment["id"] = r.ID
	// By name, so that a template may use what stands before it in the alphabet.
	for _, name := range slices.Sorted(maps.Keys(known.Computed)) {
		fillPath(r.Attributes, strings.Split(name, "."), known.Computed[name], environment)
		environment[name] = r.Attributes[name]
	}
	fillBlock(block, r.Attributes, func(name string) any { return s.guess(kind, name, r) })
}

// fillPath computes a value by its path, such as vpc_config.vpc_id in each of the blocks.
func fillPath(attributes map[string]any, path []string, template any, environment map[string]any) {
	if len(path) > 1 {
		each(attributes[path[0]], func(element map[string]any) any {
			fillPath(element, path[1:], template, environment)
			return nil
		})
	} else if attributes[path[0]] == unknown {
		attributes[path[0]] = facts.Expand(template, environment)
	}
}

func fillBlock(block *schema.Block, attributes map[string]any, guess func(string) any) {
	for name, a := range block.Attributes {
		if attributes[name] == unknown {
			attributes[name] = zero(a, name, guess)
		}
	}
	for name, nested := range block.Blocks {
		if attributes[name] == unknown {
			attributes[name] = nil
		}
		each(attributes[name], func(element map[string]any) any {
			fillBlock(nested.Block, element, guess)
			return nil
		})
	}
}

// zero is what a computed value is when no fact tells it: something visible for what only AWS sets, else nothing set.
func zero(a *schema.Attribute, name string, guess func(string) any) any {
	switch kind := a.Parsed().(type) {
	case []any:
		return map[any]any{"map": map[string]any{}, "object": map[string]any{}, "list": []any{}, "set": []any{}}[kind[0]]
	default:
		text := strings.ReplaceAll(name, "_", "-") + "-" + facts.Hex(8)
		if guessed := guess(name); guessed != nil {
			text = fmt.Sprint(guessed)
		} else if a.Optional {
			text = ""
		}
		return map[any]any{"string": text, "number": 0.0, "bool": false}[kind]
	}
}

func unguessed(string) any { return nil }

func (s *server) guess(kind, name string, r *account.Resource) any {
	switch name {
	case "arn":
		service, rest, _ := strings.Cut(strings.TrimPrefix(kind, "aws_"), "_")
		region := strings.TrimSuffix(r.Region, account.Global)
		return fmt.Sprintf("arn:aws:%s:%s:%s:%s/%s", service, region, s.account.ID, strings.ReplaceAll(rest, "_", "-"), r.ID)
	case "owner_id", "account_id", "registry_id":
		return s.account.ID
	}
	return nil
}

// accompany makes what AWS makes along with a resource.
func (s *server) accompany(known *facts.Type, made *account.Resource) {
	for _, companion := range known.With {
		environment := s.environment(withID(made), made.Region)
		attributes := asMap(facts.Expand(companion.Attributes, environment))
		id := fmt.Sprint(facts.Expand(companion.ID, environment))
		attributes["id"] = id
		s.account.Put(&account.Resource{Type: companion.Type, ID: id, Region: made.Region, MadeBy: made.ID, MadeByType: made.Type, Attributes: attributes})
	}
}

// sendSecrets gives a resource its write-only values: those that are new, or have a new version.
func sendSecrets(block *schema.Block, now *account.Resource, prior, config map[string]any) {
	for name, a := range block.Attributes {
		isSent := prior == nil || !reflect.DeepEqual(prior[name+"_version"], now.Attributes[name+"_version"])
		if a.WriteOnly && isSent && config[name] != nil {
			now.Secret[name] = config[name]
		}
	}
}
