locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
}

# Terragrunt made the bucket; from the first apply on it is this unit's.
generate "import" {
  path      = "import.tf"
  if_exists = "overwrite_terragrunt"
  disable   = get_env("STATE_BACKEND", "s3") == "local"
  contents  = <<-EOF
    import {
      to = aws_s3_bucket.states
      id = "${local.facts.state_bucket}"
    }
  EOF
}

inputs = {
  name       = local.facts.name
  region     = local.facts.aws_region
  account_id = local.facts.account_id
  bucket     = local.facts.state_bucket
}
