locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
}

dependency "network" {
  config_path                             = "${local.facts.region_folder}/shared/network"
  mock_outputs                            = local.mocks.network
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependencies {
  # It makes the policy that bounds roles.
  paths = ["${local.facts.global_folder}/shared/delivery"]
}

inputs = {
  name                   = local.facts.name
  region                 = local.facts.region
  account_id             = local.facts.account_id
  vpc_id                 = dependency.network.outputs.vpc_id
  range                  = local.facts.here.range
  application_subnet_ids = dependency.network.outputs.application_subnet_ids
  pods_security_group_id = dependency.network.outputs.pods_security_group_id
  kubernetes_version     = local.facts.settings.cluster.kubernetes_version
  endpoint_public_ranges = local.facts.settings.cluster.endpoint_public_ranges
  access_entries         = local.facts.settings.cluster.access_entries
  log_retention_days     = local.facts.settings.log_retention_days
  key_deletion_days      = local.facts.settings.deletion_days
  # A feature of root.hcl is seen here only where it is set.
  deletion_protection      = local.facts.settings.deletion_protection && try(feature.destroy.value, "") != local.facts.environment
  permissions_boundary_arn = local.facts.boundary_arn
}
