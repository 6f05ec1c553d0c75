locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
}

inputs = {
  name            = "hello"
  region          = local.facts.aws_region
  account_id      = local.facts.account_id
  repositories    = local.facts.repositories
  replica_regions = [for name in keys(local.facts.regions) : name if name != local.facts.aws_region]
  # By name, so that the registry waits for nobody. Promotions ask for signatures by a role of their own.
  pull_role_arns = concat(
    [for name in keys(local.facts.regions) : "${local.facts.role_prefix}/${local.facts.name}-${name}-node"],
    ["${local.facts.role_prefix}/delivery/hello-${local.facts.environment}-pull"],
    local.facts.settings.image_reader_role_arns,
  )
  push_role_arns    = ["${local.facts.role_prefix}/delivery/hello-${local.facts.environment}release-push"]
  key_deletion_days = local.facts.settings.deletion_days
}
