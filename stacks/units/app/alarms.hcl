locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
}

dependency "alerting" {
  config_path                             = "${local.facts.region_folder}/shared/alerting"
  mock_outputs                            = local.mocks.alerting
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "certificate" {
  config_path                             = "${local.facts.region_folder}/shared/certificate"
  mock_outputs                            = local.mocks.certificate
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "dns" {
  enabled                                 = local.facts.is_global
  config_path                             = "${local.facts.global_folder}/shared/dns"
  mock_outputs                            = local.mocks.dns
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "edge" {
  enabled                                 = local.facts.is_global
  config_path                             = "${local.facts.global_folder}/shared/edge"
  mock_outputs                            = local.mocks.edge
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "record" {
  enabled                                 = local.facts.is_global
  config_path                             = "${local.facts.global_folder}/app/record"
  mock_outputs                            = local.mocks.record
  mock_outputs_allowed_terraform_commands = local.mocks.commands
  # A region that comes is in none of its outputs until it is applied.
  mock_outputs_merge_strategy_with_state = "deep_map_only"
}

dependency "network" {
  enabled                                 = !local.facts.is_global
  config_path                             = "${local.facts.region_folder}/shared/network"
  mock_outputs                            = local.mocks.network
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "database" {
  enabled                                 = !local.facts.is_global
  config_path                             = "${local.facts.region_folder}/app/database"
  mock_outputs                            = local.mocks.database
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

inputs = {
  name        = local.facts.name
  region      = local.facts.aws_region
  account_id  = local.facts.account_id
  runbook_url = "${local.facts.repository_url}/blob/main/docs/runbooks"
  topic_arns  = { for severity in ["critical", "warning"] : severity => dependency.alerting.outputs.topic_arns[severity] }
  certificate_arns = {
    (local.facts.is_global ? "edge" : "load-balancer") = dependency.certificate.outputs.arn
  }
  function_names = {
    rotation = local.facts.is_global ? dependency.edge.outputs.rotation_function_name : dependency.database.outputs.rotation_function_name
  }

  # What users notice.
  distribution = local.facts.is_global ? { id = dependency.edge.outputs.distribution_id } : null
  health_check = local.facts.is_global ? {
    id     = dependency.record.outputs.health_check_ids[local.facts.primary_region]
    region = local.facts.primary_region
  } : null
  active_health_checks = local.facts.is_global ? {
    for name, region in local.facts.regions : name => dependency.record.outputs.health_check_ids[name] if region.role == "active"
  } : {}

  signed_zone = local.facts.is_global ? (dependency.dns.outputs.is_signed ? { id = dependency.dns.outputs.zone_id } : null) : null

  # What is in a region.
  role = { standby = "secondary", active = "active", primary = "primary" }[lookup(local.facts.here, "role", "primary")]
  database = local.facts.is_global ? null : {
    cluster_identifier  = dependency.database.outputs.cluster_identifier
    maximum_connections = local.facts.settings.database.maximum_connections
    memory_bytes        = local.facts.settings.database.memory_bytes
    is_global           = length(local.facts.regions) > 1
  }
  deployment = local.facts.is_global || local.facts.settings.maximum_pods == null ? null : {
    cluster_name = local.facts.name
    namespace    = "hello"
    name         = "hello"
    maximum_pods = local.facts.settings.maximum_pods
  }
  nat_gateway_ids = local.facts.is_global ? {} : dependency.network.outputs.nat_gateway_ids
}
