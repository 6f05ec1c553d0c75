locals {
  role  = "primary"
  range = "10.32.0.0/16"
  zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]

  # One a zone, from the first on.
  database_instances = 3
}

stack "region" {
  source                  = "../../../stacks/region"
  path                    = "."
  no_dot_terragrunt_stack = true
}
