locals {
  unit = "${dirname(find_in_parent_folders("root.hcl"))}/../stacks/unit"
}

unit "state" {
  source                  = local.unit
  path                    = "state"
  no_dot_terragrunt_stack = true
}

unit "network" {
  source                  = local.unit
  path                    = "network"
  no_dot_terragrunt_stack = true
}

unit "cluster" {
  source                  = local.unit
  path                    = "cluster"
  no_dot_terragrunt_stack = true
}

unit "certificate" {
  source                  = local.unit
  path                    = "certificate"
  no_dot_terragrunt_stack = true
}

unit "firewall" {
  source                  = local.unit
  path                    = "firewall"
  no_dot_terragrunt_stack = true
}

unit "alerting" {
  source                  = local.unit
  path                    = "alerting"
  no_dot_terragrunt_stack = true
}

unit "gitops" {
  source                  = local.unit
  path                    = "gitops"
  no_dot_terragrunt_stack = true
}

unit "observability" {
  source                  = local.unit
  path                    = "observability"
  no_dot_terragrunt_stack = true
}
