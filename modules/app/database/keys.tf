locals {
  log_groups = ["/aws/rds/cluster/${var.name}/postgresql", "/aws/lambda/${local.rotation_name}"]
}

module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  description             = "Data, insights and logs of the database ${var.name}"
  aliases                 = ["${var.name}-database"]
  deletion_window_in_days = var.deletion_days

  key_statements = [{
    sid        = "Logs"
    actions    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    resources  = ["*"]
    principals = [{ type = "Service", identifiers = ["logs.${var.region}.amazonaws.com"] }]
    condition = [{
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = [for group in local.log_groups : "arn:aws:logs:${var.region}:${var.account_id}:log-group:${group}"]
    }]
  }]
}

# Beside the one above, so that who reads a secret can't read the storage. A replica of a secret needs a key of its
# region, which has to be there before the standby's cluster is: all of them are made here.
module "secrets_key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  for_each = local.is_new ? setunion([var.region], var.replica_regions) : []

  region                  = each.value
  description             = "Secrets of the database ${var.name}"
  aliases                 = [local.secrets_key_alias]
  deletion_window_in_days = var.deletion_days
}

# tflint-ignore: terraform_unused_declarations
data "aws_regions" "enabled" {
  count = length(var.replica_regions) > 0 ? 1 : 0

  lifecycle {
    postcondition {
      condition     = length(setsubtract(var.replica_regions, self.names)) == 0
      error_message = "replica_regions is ${jsonencode(var.replica_regions)}, of which the account has no ${join(", ", setsubtract(var.replica_regions, self.names))}: check the spelling, or enable the region in the account."
    }
  }
}
