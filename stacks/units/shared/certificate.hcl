locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
}

dependency "dns" {
  config_path                             = "${local.facts.global_folder}/shared/dns"
  mock_outputs                            = local.mocks.dns
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

inputs = {
  region     = local.facts.aws_region
  account_id = local.facts.account_id
  # CloudFront has the name that users ask. A load balancer has its own, which is enough for CloudFront: with the same
  # names, certificates would share a validation record, and the end of one would take it from the others.
  domain  = lookup(local.facts.origins, local.facts.region, local.facts.host)
  zone_id = dependency.dns.outputs.zone_id
}
