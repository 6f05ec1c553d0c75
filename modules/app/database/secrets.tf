locals {
  master_username = "hello_master"
  master_password = local.is_new ? jsondecode(ephemeral.aws_secretsmanager_secret_version.master[0].secret_string).password : null

  secrets_key_alias = "${var.name}-secrets"
  secret_names      = { for purpose in ["master", "application", "migration"] : purpose => "${var.name}/database/${purpose}" }
  rotated           = toset(["application", "migration"])
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:Two are rotated in rotation.tf, which checkov does not find; the master's changes with `master_password_version`.

  for_each = local.is_new ? local.secret_names : {}

  name                    = each.value
  description             = "User of the database ${var.name}: ${each.key}"
  kms_key_id              = module.secrets_key[var.region].key_arn
  recovery_window_in_days = var.deletion_days

  dynamic "replica" {
    for_each = var.role == "primary" ? var.replica_regions : []

    content {
      region     = replica.value
      kms_key_id = module.secrets_key[replica.value].key_arn
    }
  }

  # A region that was primary for a while has secrets of its own; a replica again, it gets these.
  force_overwrite_replica_secret = true
}

ephemeral "aws_secretsmanager_random_password" "master" {
  count = local.is_new ? 1 : 0

  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret_version" "master" {
  count = local.is_new ? 1 : 0

  secret_id = aws_secretsmanager_secret.this["master"].id
  secret_string_wo = jsonencode({
    username = local.master_username
    password = ephemeral.aws_secretsmanager_random_password.master[0].random_password
  })
  secret_string_wo_version = var.master_password_version
}

# What the cluster gets is what the secret holds, so that they agree after an apply that was interrupted between the two.
ephemeral "aws_secretsmanager_secret_version" "master" {
  count = local.is_new ? 1 : 0

  secret_id  = aws_secretsmanager_secret_version.master[0].secret_id
  version_id = aws_secretsmanager_secret_version.master[0].version_id
}

# Until the first rotation. The label keeps Secrets Manager from deleting this version once newer ones have taken its
# place, upon which it would be made again, over them.
resource "aws_secretsmanager_secret_version" "initial" {
  for_each = local.is_new ? local.rotated : []

  secret_id      = aws_secretsmanager_secret.this[each.value].id
  secret_string  = jsonencode({ purpose = each.value })
  version_stages = ["AWSCURRENT", "INITIAL"]

  lifecycle {
    ignore_changes = [version_stages]
  }
}

# Secrets of a region that was promoted: made there by replication, not by this module.
data "aws_secretsmanager_secret" "promoted" {
  for_each = !local.is_new && var.role == "primary" ? local.rotated : []

  name = local.secret_names[each.value]
}
