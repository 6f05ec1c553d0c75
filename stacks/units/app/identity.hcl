locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
}

dependency "cluster" {
  config_path                             = "${local.facts.region_folder}/shared/cluster"
  mock_outputs                            = local.mocks.cluster
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "database" {
  config_path                             = "${local.facts.region_folder}/app/database"
  mock_outputs                            = local.mocks.database
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "dns" {
  config_path                             = "${local.facts.global_folder}/shared/dns"
  mock_outputs                            = local.mocks.dns
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependencies {
  # It makes the policy that bounds roles.
  paths = ["${local.facts.global_folder}/shared/delivery"]
}

inputs = {
  name              = local.facts.name
  region            = local.facts.region
  account_id        = local.facts.account_id
  cluster_name      = dependency.cluster.outputs.cluster_name
  secret_names      = { for purpose in ["application", "migration"] : purpose => dependency.database.outputs.secret_names[purpose] }
  secrets_key_alias = dependency.database.outputs.secrets_key_alias
  external_dns = {
    zone_id      = dependency.dns.outputs.zone_id
    record_names = [local.facts.origins[local.facts.region]]
  }
  permissions_boundary_arn = local.facts.boundary_arn
}
