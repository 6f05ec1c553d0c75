locals {
  facts    = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks    = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
  settings = local.facts.settings.database

  # Where the global database was made, which no failover changes.
  origin        = local.facts.region == local.facts.settings.origin_region
  other_regions = [for name in keys(local.facts.regions) : name if name != local.facts.region]
}

dependency "network" {
  config_path                             = "${local.facts.region_folder}/shared/network"
  mock_outputs                            = local.mocks.network
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependencies {
  # A copy comes after what it copies. No output is read, so that a failover needs nothing of the lost region.
  paths = concat(
    ["${local.facts.global_folder}/shared/delivery"],
    local.origin ? [] : ["${local.facts.environment_folder}/${local.facts.settings.origin_region}/app/database"],
  )
}

inputs = {
  name                      = local.facts.name
  region                    = local.facts.region
  account_id                = local.facts.account_id
  origin                    = local.origin ? "primary" : "secondary"
  role                      = local.facts.here.role == "primary" ? "primary" : "secondary"
  global_cluster_identifier = length(local.other_regions) == 0 ? null : local.facts.name
  primary_region            = local.origin ? null : local.facts.settings.origin_region
  replica_regions           = local.origin ? local.other_regions : []

  zones                      = local.facts.here.zones
  vpc_id                     = dependency.network.outputs.vpc_id
  database_subnet_group_name = dependency.network.outputs.database_subnet_group_name
  application_subnet_ids     = dependency.network.outputs.application_subnet_ids
  client_security_groups     = { pods = dependency.network.outputs.pods_security_group_id }

  instance_zones        = slice(local.facts.here.zones, 0, local.facts.here.database_instances)
  write_forwarding      = local.facts.here.role == "active"
  instance_class        = local.settings.instance_class
  serverless_capacity   = local.settings.serverless_capacity
  engine_version        = local.settings.engine_version
  backup_retention_days = local.settings.backup_retention_days
  log_retention_days    = local.facts.settings.log_retention_days
  deletion_days         = local.facts.settings.deletion_days
  # A feature of root.hcl is seen here only where it is set.
  deletion_protection      = local.facts.settings.deletion_protection && try(feature.destroy.value, "") != local.facts.environment
  permissions_boundary_arn = local.facts.boundary_arn
}
