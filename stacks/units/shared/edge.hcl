locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
}

dependency "certificate" {
  config_path                             = "${local.facts.region_folder}/shared/certificate"
  mock_outputs                            = local.mocks.certificate
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "firewall" {
  config_path                             = "${local.facts.region_folder}/shared/firewall"
  mock_outputs                            = local.mocks.firewall
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependencies {
  # It makes the policy that bounds roles.
  paths = ["${local.facts.global_folder}/shared/delivery"]
}

inputs = {
  name               = local.facts.name
  account_id         = local.facts.account_id
  domains            = [local.facts.host]
  certificate_arn    = dependency.certificate.outputs.arn
  web_acl_arn        = dependency.firewall.outputs.web_acl_arn
  origins            = local.facts.origins
  serving_region     = local.facts.primary_region
  active_regions     = [for name, region in local.facts.regions : name if region.role == "active"]
  health_path        = "/openapi/json"
  log_retention_days = local.facts.settings.log_retention_days
  key_deletion_days  = local.facts.settings.deletion_days

  permissions_boundary_arn = local.facts.boundary_arn
}
