package provider

import (
	"maps"
	"reflect"
	"slices"

	"hello/aws-simulation/facts"
	"hello/aws-simulation/schema"
)

// plan returns what the resource will be, and the arguments whose change replaces it.
func (s *server) plan(kind string, block *schema.Block, prior, proposed, config map[string]any) (map[string]any, []string) {
	known := facts.Of(kind)
	planned := fillPlan(block, proposed, config, known.Defaults, "")
	if planned["region"] == unknown && config["region"] == nil {
		planned["region"] = s.region
	}
	s.planTags(block, planned)
	var replaces []string
	for name := range planned {
		if prior == nil || reflect.DeepEqual(prior[name], planned[name]) {
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
			planned[name] = facts.Expand(defaults[path+name], nil)
		case a.Computed:
			planned[name] = unknown
		}
	}
	for name, nested := range block.Blocks {
		// Of a list's elements what is set is set in the proposal too.
		planned[name] = each(proposed[name], func(element map[string]any) any {
			return fillPlan(nested.Block, element, element, defaults, path+name+".")
		})
	}
	return planned
}

// planTags merges the provider's default tags, so that a change of those alone is a change too.
func (s *server) planTags(block *schema.Block, planned map[string]any) {
	if block.Attributes["tags_all"] == nil || block.Attributes["tags"] == nil {
		return
	}
	all := map[string]any{}
	maps.Copy(all, s.defaultTags)
	maps.Copy(all, asMap(planned["tags"]))
	planned["tags_all"] = all
	if planned["tags"] == unknown {
		planned["tags_all"] = unknown
	}
}
