locals {
  engine = "aurora-postgresql"
  is_new = var.origin == "primary"

  # IAM roles are global; the cluster has the same name in every region.
  regional_name = "${var.name}-${var.region}"
}

resource "aws_rds_global_cluster" "this" {
  count = local.is_new && var.global_cluster_identifier != null ? 1 : 0

  global_cluster_identifier = var.global_cluster_identifier
  engine                    = local.engine
  engine_version            = var.engine_version
  database_name             = var.database_name
  storage_encrypted         = true
  deletion_protection       = var.deletion_protection

  lifecycle {
    # Each cluster is upgraded for itself, the secondary first; a change here would upgrade all at once.
    ignore_changes = [engine_version]
  }
}

module "cluster" {
  #checkov:skip=CKV_AWS_118:Database Insights tells the load; figures of the host by the second would be paid for and looked at by nobody.
  #checkov:skip=CKV_AWS_162:By variable: the service has a rotated password (docs/decisions/0011).
  #checkov:skip=CKV_AWS_226:Not to be had in a global database, whose members must be of one version.
  #checkov:skip=CKV2_AWS_8:Aurora keeps its own continuous backup, `backup_retention_days`.
  #checkov:skip=CKV2_AWS_27:Every statement would be logged; those that take a second are.

  source  = "terraform-aws-modules/rds-aurora/aws"
  version = "10.2.0"

  name           = var.name
  engine         = local.engine
  engine_version = var.engine_version
  # Tells only how the cluster was made: what depends on it replaces the cluster when it changes.
  is_primary_cluster             = local.is_new
  source_region                  = var.primary_region
  global_cluster_identifier      = local.is_new ? one(aws_rds_global_cluster.this[*].id) : var.global_cluster_identifier
  enable_global_write_forwarding = var.write_forwarding

  database_name               = local.is_new ? var.database_name : null
  master_username             = local.is_new ? local.master_username : null
  manage_master_user_password = false
  master_password_wo          = local.is_new ? local.master_password : null
  master_password_wo_version  = local.is_new ? var.master_password_version : null

  cluster_instance_class = var.instance_class
  instances = {
    for zone in var.instance_zones : zone => {
      availability_zone          = zone
      auto_minor_version_upgrade = false
    }
  }
  serverlessv2_scaling_configuration = var.serverless_capacity == null ? null : {
    min_capacity = var.serverless_capacity.minimum
    max_capacity = var.serverless_capacity.maximum
  }

  vpc_id                         = var.vpc_id
  db_subnet_group_name           = var.database_subnet_group_name
  security_group_name            = "${var.name}-database"
  security_group_use_name_prefix = false
  security_group_description     = "Database ${var.name}"
  security_group_ingress_rules = merge(
    { for name, id in var.client_security_groups : name => { referenced_security_group_id = id, description = name } },
    { rotation = { referenced_security_group_id = aws_security_group.rotation.id, description = "Rotation of the secrets" } },
  )

  kms_key_id                          = module.key.key_arn
  iam_database_authentication_enabled = var.iam_authentication

  cluster_parameter_group = {
    name            = var.name
    use_name_prefix = true
    family          = "${local.engine}${split(".", var.engine_version)[0]}"
    description     = "Database ${var.name}"
    parameters = concat([
      { name = "rds.force_ssl", value = "1" },
      { name = "password_encryption", value = "scram-sha-256" },
      # Milliseconds; the service gives a statement up after 2,000.
      { name = "log_min_duration_statement", value = "1000" },
      # Those statements without their values, which are people's names and dates of birth.
      { name = "log_parameter_max_length", value = "0" },
      ], var.write_forwarding ? [
      # Reads wait for the writes of their connection only; with `global` they would for the primary's region, each.
      { name = "apg_write_forward.consistency_mode", value = "session", apply_method = "pending-reboot" },
    ] : [])
  }

  backup_retention_period      = var.backup_retention_days
  preferred_backup_window      = var.backup_window
  preferred_maintenance_window = var.maintenance_window
  apply_immediately            = var.apply_immediately
  deletion_protection          = var.deletion_protection
  # A follower's data are the writer's.
  skip_final_snapshot       = var.role == "secondary"
  final_snapshot_identifier = "${local.regional_name}-final"

  database_insights_mode                        = var.insights_mode
  cluster_performance_insights_enabled          = true
  cluster_performance_insights_kms_key_id       = module.key.key_arn
  cluster_performance_insights_retention_period = var.insights_mode == "advanced" ? 465 : 7

  enabled_cloudwatch_logs_exports        = ["postgresql"]
  create_cloudwatch_log_group            = true
  cloudwatch_log_group_retention_in_days = var.log_retention_days
  cloudwatch_log_group_kms_key_id        = module.key.key_arn
}

data "aws_rds_global_cluster" "joined" {
  count = local.is_new || var.global_cluster_identifier == null ? 0 : 1

  identifier = var.global_cluster_identifier

  # At the first plan of both, there is none to read yet.
  depends_on = [module.cluster]
}

locals {
  global_members = concat(
    flatten(aws_rds_global_cluster.this[*].global_cluster_members),
    flatten(data.aws_rds_global_cluster.joined[*].members),
  )
}

check "role" {
  assert {
    condition = alltrue([
      for member in local.global_members :
      member.is_writer == (var.role == "primary") if member.db_cluster_arn == module.cluster.cluster_arn
    ])
    error_message = "role is ${var.role}, but AWS says that ${var.name} in ${var.region} ${var.role == "primary" ? "follows" : "takes writes"}: set role to what the cluster is after the failover."
  }
}
