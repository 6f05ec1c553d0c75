locals {
  role  = "standby"
  range = "10.48.0.0/16"
  zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]

  # One a zone, from the first on.
  database_instances = 0
}

stack "region" {
  source                  = "../../../stacks/region"
  path                    = "."
  no_dot_terragrunt_stack = true
}
