locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
}

dependency "dns" {
  config_path                             = "${local.facts.region_folder}/shared/dns"
  mock_outputs                            = local.mocks.dns
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "edge" {
  config_path                             = "${local.facts.region_folder}/shared/edge"
  mock_outputs                            = local.mocks.edge
  mock_outputs_allowed_terraform_commands = local.mocks.commands
  # A region that comes is in none of its outputs until it is applied.
  mock_outputs_merge_strategy_with_state = "deep_map_only"
}

inputs = {
  name                 = local.facts.name
  account_id           = local.facts.account_id
  zone_id              = dependency.dns.outputs.zone_id
  domain               = local.facts.host
  distribution_domain  = dependency.edge.outputs.distribution_domain
  distribution_zone_id = dependency.edge.outputs.distribution_zone_id
  # A standby serves nothing, and would never be healthy.
  health_paths = {
    for name, region in local.facts.regions : name => dependency.edge.outputs.health_paths[name] if region.role != "standby"
  }
}
