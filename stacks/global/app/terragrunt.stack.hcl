locals {
  unit = "${dirname(find_in_parent_folders("root.hcl"))}/../stacks/unit"
}

unit "record" {
  source                  = local.unit
  path                    = "record"
  no_dot_terragrunt_stack = true
}

unit "alarms" {
  source                  = local.unit
  path                    = "alarms"
  no_dot_terragrunt_stack = true
}
