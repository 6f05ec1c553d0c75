locals {
  unit = "${dirname(find_in_parent_folders("root.hcl"))}/../stacks/unit"
}

unit "database" {
  source                  = local.unit
  path                    = "database"
  no_dot_terragrunt_stack = true
}

unit "identity" {
  source                  = local.unit
  path                    = "identity"
  no_dot_terragrunt_stack = true
}

unit "alarms" {
  source                  = local.unit
  path                    = "alarms"
  no_dot_terragrunt_stack = true
}
