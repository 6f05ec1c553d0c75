module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  description             = "Kubernetes secrets and logs of the cluster ${var.name}"
  aliases                 = ["${var.name}-cluster"]
  deletion_window_in_days = var.key_deletion_days

  key_statements = [
    {
      sid        = "Secrets"
      actions    = ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"]
      resources  = ["*"]
      principals = [{ type = "AWS", identifiers = [aws_iam_role.cluster.arn] }]
    },
    {
      sid        = "Logs"
      actions    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
      resources  = ["*"]
      principals = [{ type = "Service", identifiers = ["logs.${var.region}.amazonaws.com"] }]
      condition = [{
        test     = "ArnEquals"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:${local.log_group}"]
      }]
    },
  ]
}

# Beside the one above, so that who may attach volumes can't read Kubernetes secrets.
module "storage_key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  description             = "Volumes of nodes and pods of the cluster ${var.name}"
  aliases                 = ["${var.name}-cluster-storage"]
  deletion_window_in_days = var.key_deletion_days

  key_statements = [
    {
      sid        = "Volumes"
      actions    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      resources  = ["*"]
      principals = [{ type = "AWS", identifiers = [aws_iam_role.cluster.arn] }]
    },
    {
      sid        = "VolumeGrants"
      actions    = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
      resources  = ["*"]
      principals = [{ type = "AWS", identifiers = [aws_iam_role.cluster.arn] }]
      condition = [{
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }]
    },
  ]
}
