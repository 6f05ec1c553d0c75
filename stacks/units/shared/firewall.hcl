locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
}

# In a region it lets in what comes through the distribution, which itself stands behind the one of `global`.
dependency "edge" {
  enabled                                 = !local.facts.is_global
  config_path                             = "${local.facts.global_folder}/shared/edge"
  mock_outputs                            = local.mocks.edge
  mock_outputs_allowed_terraform_commands = local.mocks.commands
  # A region that comes is in none of its outputs until it is applied.
  mock_outputs_merge_strategy_with_state = "deep_map_only"
}

inputs = {
  name                        = local.facts.name
  region                      = local.facts.aws_region
  account_id                  = local.facts.account_id
  scope                       = local.facts.is_global ? "CLOUDFRONT" : "REGIONAL"
  origin_check_rule_group_arn = local.facts.is_global ? null : dependency.edge.outputs.origin_check_rule_group_arns[local.facts.region]
  log_retention_days          = local.facts.settings.log_retention_days
  key_deletion_days           = local.facts.settings.deletion_days
}
