locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
}

dependencies {
  # It makes the policy that bounds roles.
  paths = ["${local.facts.global_folder}/shared/delivery"]
}

inputs = {
  name                     = local.facts.name
  region                   = local.facts.region
  account_id               = local.facts.account_id
  zones                    = local.facts.here.zones
  range                    = local.facts.here.range
  other_ranges             = { for name, region in local.facts.regions : name => region.range if name != local.facts.region }
  single_nat_gateway       = local.facts.settings.single_nat_gateway
  flow_log_retention_days  = local.facts.settings.log_retention_days
  key_deletion_days        = local.facts.settings.deletion_days
  permissions_boundary_arn = local.facts.boundary_arn
}
