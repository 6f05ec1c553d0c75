locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals

  application_logs = "/aws/containerinsights/${local.facts.name}/application"
}

dependency "edge" {
  config_path                             = "${local.facts.global_folder}/shared/edge"
  mock_outputs                            = local.mocks.edge
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependencies {
  # It makes the policy that bounds roles.
  paths = ["${local.facts.global_folder}/shared/delivery"]
}

inputs = {
  name          = local.facts.name
  region        = local.facts.aws_region
  account_id    = local.facts.account_id
  runbook_url   = "${local.facts.repository_url}/blob/main/docs/runbooks"
  subscriptions = local.facts.settings.subscriptions
  troubleshooting = {
    regions = {
      for name in keys(local.facts.regions) : name => {
        cluster_name                = local.facts.name
        database_cluster_identifier = local.facts.name
      }
    }
    global_database_identifier = length(local.facts.regions) > 1 ? local.facts.name : null
    distribution_id            = dependency.edge.outputs.distribution_id
    deployment                 = { namespace = "hello", name = "hello" }
    log_queries = {
      errors = {
        log_group_name = local.application_logs
        query          = "filter log_processed.level = 'error' | stats count() by log_processed.message, log_processed.error.type, log_processed.error.message"
      }
      starts = {
        log_group_name = local.application_logs
        query          = "filter ispresent(log_processed.commit) | display log_processed.version, log_processed.commit"
      }
    }
  }
  log_retention_days       = local.facts.settings.log_retention_days
  deletion_days            = local.facts.settings.deletion_days
  permissions_boundary_arn = local.facts.boundary_arn
}
