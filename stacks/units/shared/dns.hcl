locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
}

inputs = {
  name              = local.facts.name
  account_id        = local.facts.account_id
  domain            = local.facts.settings.domain
  dnssec            = local.facts.settings.dnssec
  key_deletion_days = local.facts.settings.deletion_days
}
