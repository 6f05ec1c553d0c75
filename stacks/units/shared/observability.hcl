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
  # The add-on is active when its pods run, for which Argo CD brings the nodes.
  paths = ["${local.facts.global_folder}/shared/delivery", "${local.facts.region_folder}/shared/gitops"]
}

inputs = {
  name                     = local.facts.name
  region                   = local.facts.region
  account_id               = local.facts.account_id
  cluster_name             = local.facts.name
  nat_gateway_ids          = dependency.network.outputs.nat_gateway_ids
  log_retention_days       = local.facts.settings.log_retention_days
  deletion_days            = local.facts.settings.deletion_days
  permissions_boundary_arn = local.facts.boundary_arn
}
