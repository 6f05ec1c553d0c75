package provider

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"hello/aws-simulation/facts"
	"hello/aws-simulation/schema"
)

// plan returns what the resource will be, and the arguments whose change replaces it.
func (s *server) plan(kind string, block *schema.Block, prior, proposed, config map[string]any) (map[string]any, []string) {
	known := facts.Of(kind)
	planned := fillPlan(block, proposed, config, known.Defaults, "")
	s.planRegion(block, planned, config)
	s.planTags(block, planned)
	s.planName(block, planned, config, prior == nil)
	if prior == nil {
		return planned, nil
	}
	var replaces []string
	for name := range planned {
		if reflect.DeepEqual(prior[name], planned[name]) {
			continue
		}
		if slices.Contains(known.Replace, name) || name == "region" {
			replaces = append(replaces, name)
		}
		for _, renewed := range known.Renews[name] {
			if config[renewed] == nil {
				planned[renewed] = unknown
			}
		}
	}
	slices.Sort(replaces)
	return planned, replaces
}

// fillPlan makes unknown what is to be computed, null what is write-only, and sets what the provider sets by itself.
func fillPlan(block *schema.Block, proposed, config, defaults map[string]any, path string) map[string]any {
	planned := maps.Clone(proposed)
	for name, a := range block.Attributes {
		switch {
		case a.WriteOnly:
			planned[name] = nil
		case proposed[name] != nil || config[name] != nil:
		case defaults[path+name] != nil:
			planned[name], _ = facts.Expand(defaults[path+name], nil)
		case a.Computed:
			planned[name] = unknown
		}
	}
	for name, nested := range block.Blocks {
		inner := func(element, configured any) any {
			if element == nil || element == unknown {
				return element
			}
			configuredMap, _ := configured.(map[string]any)
			return fillPlan(nested.Block, element.(map[string]any), configuredMap, defaults, path+name+".")
		}
		switch value := proposed[name].(type) {
		case map[string]any:
			if nested.Nesting == "single" {
				planned[name] = inner(value, config[name])
			}
		case []any:
			configured, _ := config[name].([]any)
			elements := make([]any, len(value))
			for i, element := range value {
				var from any
				if i < len(configured) {
					from = configured[i]
				}
				elements[i] = inner(element, from)
			}
			planned[name] = elements
		}
	}
	return planned
}

func (s *server) planRegion(block *schema.Block, planned, config map[string]any) {
	if block.Attributes["region"] != nil && config["region"] == nil && planned["region"] == unknown {
		planned["region"] = s.region
	}
}

// planTags merges the provider's default tags, so that a change of those alone is a change too.
func (s *server) planTags(block *schema.Block, planned map[string]any) {
	if block.Attributes["tags_all"] == nil || block.Attributes["tags"] == nil {
		return
	}
	if planned["tags"] == unknown {
		planned["tags_all"] = unknown
		return
	}
	all := map[string]any{}
	maps.Copy(all, s.defaultTags)
	if tags, ok := planned["tags"].(map[string]any); ok {
		maps.Copy(all, tags)
	}
	planned["tags_all"] = all
}

// planName leaves a name that is made from a prefix to the apply.
func (s *server) planName(block *schema.Block, planned, config map[string]any, creating bool) {
	for name, a := range block.Attributes {
		argument, isPrefix := strings.CutSuffix(name, "_prefix")
		if named := block.Attributes[argument]; isPrefix && named != nil && named.Computed && a.Optional {
			if creating && config[argument] == nil {
				planned[argument] = unknown
			}
		}
	}
}
