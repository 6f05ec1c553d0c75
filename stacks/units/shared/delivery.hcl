locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
}

inputs = {
  name              = "hello"
  account_id        = local.facts.account_id
  oidc_provider_arn = local.facts.settings.oidc_provider_arn
  repository        = local.facts.settings.delivery_repository
  subject_form      = local.facts.settings.subject_form
  environments = {
    (local.facts.environment) = {
      prefix  = local.facts.name
      regions = keys(local.facts.regions)
      state = {
        buckets   = values(local.facts.state_buckets)
        prefix    = "${local.facts.environment}/"
        key_alias = "alias/${local.facts.name}-state"
      }
      secret_names = [for purpose in ["master", "application", "migration"] : "${local.facts.name}/database/${purpose}"]
      repositories = [for name in local.facts.repositories : "hello/${name}"]
    }
  }
  push = {
    "${local.facts.environment}release" = [
      for name in local.facts.repositories :
      "arn:aws:ecr:${local.facts.settings.origin_region}:${local.facts.account_id}:repository/hello/${name}"
    ]
  }
}
