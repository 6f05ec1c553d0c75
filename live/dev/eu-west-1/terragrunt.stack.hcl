locals {
  role  = "primary"
  range = "10.16.0.0/16"
  zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]

  # One a zone, from the first on.
  database_instances = 1
}

stack "region" {
  source                  = "../../../stacks/region"
  path                    = "."
  no_dot_terragrunt_stack = true
}
