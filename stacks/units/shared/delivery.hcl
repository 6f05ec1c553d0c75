locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
}

dependency "state" {
  config_path                             = "${local.facts.region_folder}/shared/state"
  mock_outputs                            = local.mocks.state
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

inputs = {
  name       = "hello"
  account_id = local.facts.account_id
  repository = local.facts.settings.delivery_repository
  environments = {
    (local.facts.environment) = {
      prefix  = local.facts.name
      regions = keys(local.facts.regions)
      state = {
        bucket  = local.facts.state_bucket
        prefix  = "${local.facts.environment}/"
        key_arn = dependency.state.outputs.key_arn
      }
      secret_names = [for purpose in ["master", "application", "migration"] : "${local.facts.name}/database/${purpose}"]
      repositories = [for name in local.facts.repositories : "hello/${name}"]
    }
  }
  push = {
    release = [
      for name in local.facts.repositories :
      "arn:aws:ecr:${local.facts.settings.origin_region}:${local.facts.account_id}:repository/hello/${name}"
    ]
  }
}
