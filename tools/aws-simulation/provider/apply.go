package provider

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"hello/aws-simulation/account"
	"hello/aws-simulation/facts"
	"hello/aws-simulation/schema"
)

// place returns the region that a resource is in.
func (s *server) place(block *schema.Block, attributes map[string]any) string {
	if block.Attributes["region"] == nil {
		return account.Global
	}
	if region, ok := attributes["region"].(string); ok && region != "" {
		return region
	}
	return s.region
}

// environment is what templates and rules see: the arguments, and the account around them.
func (s *server) environment(attributes map[string]any, region string) map[string]any {
	environment := maps.Clone(attributes)
	for name, value := range environment {
		if value == unknown {
			environment[name] = nil
		}
	}
	environment["region"] = region
	environment["home"] = s.region
	environment["account"] = s.account.ID
	environment["hex"] = facts.Hex
	// In any region: resources of a type whose argument has the value.
	environment["resources"] = func(kind, argument string, value any) []any {
		found, _ := s.account.Find(kind, "*", func(r *account.Resource) bool { return matches(r, argument, value) })
		attributes := []any{}
		for _, r := range found {
			attributes = append(attributes, withID(r))
		}
		return attributes
	}
	// In the region: the resource of a type with the ID, ARN or name.
	environment["resource"] = func(kind string, name any) any {
		if found := s.lookup(kind, region, fmt.Sprint(name)); found != nil {
			return withID(found)
		}
		return nil
	}
	environment["members"] = func(global any) []any { return s.globalMembers(fmt.Sprint(global)) }
	environment["within"], environment["overlap"] = within, overlap
	return environment
}

func withID(r *account.Resource) map[string]any {
	attributes := maps.Clone(r.Attributes)
	attributes["id"] = r.ID
	return attributes
}

func matches(r *account.Resource, argument string, value any) bool {
	if argument == "id" {
		return r.ID == value
	}
	if elements, ok := r.Attributes[argument].([]any); ok {
		return slices.Contains(elements, value)
	}
	return reflect.DeepEqual(r.Attributes[argument], value)
}

// lookup finds a resource by ID, ARN or name: in the region, or where the ARN says, or among the global ones.
func (s *server) lookup(kind, region, name string) *account.Resource {
	if arn := strings.Split(name, ":"); len(arn) > 5 && arn[0] == "arn" {
		region = arn[3]
	}
	for _, place := range []string{region, account.Global} {
		if found, _ := s.account.Get(kind, place, name); found != nil {
			return found
		}
		found, _ := s.account.Find(kind, place, func(r *account.Resource) bool {
			return r.Attributes["arn"] == name || r.Attributes["name"] == name
		})
		if len(found) > 0 {
			return found[0]
		}
	}
	return nil
}

// create makes a resource out of its plan and returns it.
func (s *server) create(kind string, block *schema.Block, planned, config map[string]any) (*account.Resource, error) {
	region := s.place(block, planned)
	var made *account.Resource
	err := s.write("create", kind, region, func() error {
		if err := s.check("create", kind, block, nil, planned, region); err != nil {
			return err
		}
		known := facts.Of(kind)
		attributes := nameFromPrefix(block, planned)
		environment := s.environment(attributes, region)
		id, err := s.identify(kind, known, attributes, environment)
		if err != nil {
			return err
		}
		if existing, _ := s.account.Get(kind, region, id); existing != nil {
			return fmt.Errorf("api error AlreadyExistsException: %s %s already exists", kind, id)
		}
		if err := s.fill(kind, block, known, attributes, id, region); err != nil {
			return err
		}
		made = &account.Resource{Type: kind, ID: id, Region: region, Attributes: attributes, Secret: writeOnly(block, config)}
		if err := s.accompany(known, made); err != nil {
			return err
		}
		if err := s.account.Put(made); err != nil {
			return err
		}
		return s.afterWrite(made, nil)
	})
	return made, err
}

// change brings a resource to its plan.
func (s *server) change(kind string, block *schema.Block, id string, prior, planned, config map[string]any) (*account.Resource, error) {
	region := s.place(block, planned)
	var changed *account.Resource
	err := s.write("change", kind, region, func() error {
		current, err := s.account.Get(kind, region, id)
		if err != nil {
			return err
		}
		if current == nil {
			return fmt.Errorf("api error NotFoundException: %s %s does not exist", kind, id)
		}
		if err := s.check("change", kind, block, prior, planned, region); err != nil {
			return err
		}
		attributes := maps.Clone(planned)
		if err := s.fill(kind, block, facts.Of(kind), attributes, id, region); err != nil {
			return err
		}
		changed = &account.Resource{Type: kind, ID: id, Region: region, MadeBy: current.MadeBy, Attributes: attributes, Secret: current.Secret}
		if versionChanged(block, prior, planned) {
			changed.Secret = writeOnly(block, config)
		}
		if err := s.account.Put(changed); err != nil {
			return err
		}
		return s.afterWrite(changed, current)
	})
	return changed, err
}

// remove deletes a resource; one that is gone already is fine.
func (s *server) remove(kind string, block *schema.Block, id string, prior map[string]any) error {
	region := s.place(block, prior)
	return s.write("delete", kind, region, func() error {
		current, err := s.account.Get(kind, region, id)
		if err != nil || current == nil {
			return err
		}
		if err := s.held(kind, current); err != nil {
			return err
		}
		if err := s.refuse("delete", kind, prior, current.Attributes, region); err != nil {
			return err
		}
		if err := s.account.Delete(current); err != nil {
			return err
		}
		return s.afterDelete(current)
	})
}

// write makes a change of the account: alone, with the faults that are set, as slowly as they say.
func (s *server) write(call, kind, region string, do func() error) error {
	faults, err := account.ReadFaults(s.account.Folder)
	if err != nil {
		return err
	}
	if err := faults.Reach(call, kind, region); err != nil {
		return err
	}
	seconds := facts.Of(kind).Seconds
	if seconds == 0 {
		seconds = 2
	}
	if call == "change" || call == "delete" {
		seconds /= 2
	}
	faults.Wait(seconds)
	return account.Locked(s.account.Folder, func() error {
		after, err := faults.Write(s.account.Folder)
		if err != nil {
			return err
		}
		if err := do(); err != nil {
			return err
		}
		after()
		return nil
	})
}

func (s *server) identify(kind string, known *facts.Type, attributes, environment map[string]any) (string, error) {
	template := known.ID
	if template == "" {
		template = strings.ReplaceAll(strings.TrimPrefix(kind, "aws_"), "_", "-") + "-{hex(17)}"
	}
	// A name that AWS or the provider makes up.
	for name, made := range known.Computed {
		if attributes[name] == unknown && strings.Contains(template, "{"+name+"}") {
			value, err := facts.Expand(made, environment)
			if err != nil {
				return "", err
			}
			attributes[name], environment[name] = value, value
		}
	}
	id, err := facts.Expand(template, environment)
	if err == nil && (id == nil || id == "") {
		err = fmt.Errorf("no ID for %s: template %q is empty", kind, template)
	}
	return fmt.Sprint(id), err
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
func (s *server) fill(kind string, block *schema.Block, known *facts.Type, attributes map[string]any, id, region string) error {
	if attributes["id"] == unknown || attributes["id"] == nil {
		if block.Attributes["id"] != nil {
			attributes["id"] = id
		}
	}
	environment := s.environment(attributes, region)
	environment["id"] = id
	// By name, so that a template may use what stands before it in the alphabet.
	for _, name := range slices.Sorted(maps.Keys(known.Computed)) {
		if attributes[name] != unknown {
			continue
		}
		value, err := facts.Expand(known.Computed[name], environment)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", kind, name, err)
		}
		attributes[name], environment[name] = value, value
	}
	fillBlock(block, attributes, func(name string) any { return s.guess(kind, name, id, region) })
	return nil
}

func fillBlock(block *schema.Block, attributes map[string]any, guess func(string) any) {
	for name, a := range block.Attributes {
		if attributes[name] == unknown {
			attributes[name] = zero(string(a.Type), a, name, guess)
		}
	}
	for name, nested := range block.Blocks {
		switch value := attributes[name].(type) {
		case []any:
			for _, element := range value {
				if element, ok := element.(map[string]any); ok {
					fillBlock(nested.Block, element, guess)
				}
			}
		case map[string]any:
			fillBlock(nested.Block, value, guess)
		default:
			if value == unknown {
				attributes[name] = []any{}
			}
		}
	}
}

// zero is what a computed value is when no fact tells it: something visible for what only AWS sets, else nothing set.
func zero(t string, a *schema.Attribute, name string, guess func(string) any) any {
	switch t {
	case `"string"`:
		if value := guess(name); value != nil {
			return value
		}
		if a.Optional {
			return ""
		}
		return strings.ReplaceAll(name, "_", "-") + "-" + facts.Hex(8)
	case `"bool"`:
		return false
	case `"number"`:
		return 0.0
	}
	if strings.HasPrefix(t, `["map"`) {
		return map[string]any{}
	}
	if strings.HasPrefix(t, `["object"`) {
		return nil
	}
	return []any{}
}

var serviceOf = regexp.MustCompile(`^aws_([a-z0-9]+)_?(.*)$`)

func (s *server) guess(kind, name, id, region string) any {
	switch name {
	case "arn":
		parts := serviceOf.FindStringSubmatch(kind)
		if region == account.Global {
			region = ""
		}
		return fmt.Sprintf("arn:aws:%s:%s:%s:%s/%s", parts[1], region, s.account.ID, strings.ReplaceAll(parts[2], "_", "-"), id)
	case "owner_id", "account_id", "registry_id", "aws_account_id", "owner_account_id":
		return s.account.ID
	case "create_date", "created_date", "creation_date", "created_at", "last_modified":
		return time.Now().UTC().Format(time.RFC3339)
	}
	return nil
}

// accompany makes what AWS makes along with a resource.
func (s *server) accompany(known *facts.Type, made *account.Resource) error {
	for _, companion := range known.With {
		environment := s.environment(made.Attributes, made.Region)
		environment["id"] = made.ID
		id, err := facts.Expand(companion.ID, environment)
		if err != nil {
			return err
		}
		attributes, err := facts.Expand(any(companion.Attributes), environment)
		if err != nil {
			return err
		}
		withID := attributes.(map[string]any)
		withID["id"] = id
		if err := s.account.Put(&account.Resource{
			Type: companion.Type, ID: fmt.Sprint(id), Region: made.Region, MadeBy: made.ID, Attributes: withID,
		}); err != nil {
			return err
		}
	}
	return nil
}

// writeOnly returns the write-only values that the configuration sets.
func writeOnly(block *schema.Block, config map[string]any) map[string]any {
	secret := map[string]any{}
	for name, a := range block.Attributes {
		if a.WriteOnly && config[name] != nil && config[name] != unknown {
			secret[name] = config[name]
		}
	}
	if len(secret) == 0 {
		return nil
	}
	return secret
}

// versionChanged tells whether an argument such as secret_string_wo_version did: only then is the new value sent.
func versionChanged(block *schema.Block, prior, planned map[string]any) bool {
	for name, a := range block.Attributes {
		if a.WriteOnly && prior[name+"_version"] != planned[name+"_version"] {
			return true
		}
	}
	return false
}
