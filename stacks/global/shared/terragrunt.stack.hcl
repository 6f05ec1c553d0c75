locals {
  unit = "${dirname(find_in_parent_folders("root.hcl"))}/../stacks/unit"
}

unit "state" {
  source                  = local.unit
  path                    = "state"
  no_dot_terragrunt_stack = true
}

unit "delivery" {
  source                  = local.unit
  path                    = "delivery"
  no_dot_terragrunt_stack = true
}

unit "dns" {
  source                  = local.unit
  path                    = "dns"
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

unit "edge" {
  source                  = local.unit
  path                    = "edge"
  no_dot_terragrunt_stack = true
}

unit "registry" {
  source                  = local.unit
  path                    = "registry"
  no_dot_terragrunt_stack = true
}

unit "alerting" {
  source                  = local.unit
  path                    = "alerting"
  no_dot_terragrunt_stack = true
}
