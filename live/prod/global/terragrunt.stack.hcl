# What AWS keeps in us-east-1, and what an account has once.
stack "global" {
  source                  = "../../../stacks/global"
  path                    = "."
  no_dot_terragrunt_stack = true
}
