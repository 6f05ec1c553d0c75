# Every unit; what it passes to its module is in stacks/units/<layer>/<unit>.hcl.

include "root" {
  path = find_in_parent_folders("root.hcl")
}

include "unit" {
  path = "${dirname(find_in_parent_folders("root.hcl"))}/../stacks/units/${basename(dirname(get_terragrunt_dir()))}/${basename(get_terragrunt_dir())}.hcl"
}
