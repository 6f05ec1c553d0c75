# What a refresh reads of the types that the modules make: how things are set, not what they hold.
resource "aws_iam_policy" "read" {
  for_each = var.environments

  name        = "${var.name}-${each.key}-read"
  path        = local.path
  description = "What a plan of ${each.key} reads"
  policy      = data.aws_iam_policy_document.read[each.key].json
}

data "aws_iam_policy_document" "read" {
  for_each = var.environments

  statement {
    sid = "ReadSettings"
    actions = [
      "acm:DescribeCertificate", "acm:ListCertificates", "acm:ListTagsForCertificate",
      "cloudfront:Describe*", "cloudfront:Get*", "cloudfront:List*",
      "cloudwatch:Describe*", "cloudwatch:GetDashboard", "cloudwatch:ListDashboards", "cloudwatch:ListTagsForResource",
      "ec2:Describe*", "ec2:GetManagedPrefixListEntries",
      "ecr:Describe*", "ecr:GetLifecyclePolicy", "ecr:GetRegistryPolicy", "ecr:GetRegistryScanningConfiguration", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource",
      "eks:Describe*", "eks:List*",
      "events:Describe*", "events:List*",
      "iam:GetOpenIDConnectProvider", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies", "iam:ListEntitiesForPolicy", "iam:ListInstanceProfilesForRole", "iam:ListPolicyVersions", "iam:ListRolePolicies",
      "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListResourceTags",
      "lambda:Get*", "lambda:List*",
      "logs:Describe*", "logs:GetDataProtectionPolicy", "logs:GetDelivery*", "logs:ListTagsForResource", "logs:ListTagsLogGroup",
      "rds:Describe*", "rds:ListTagsForResource",
      "route53:Get*", "route53:List*",
      "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:GetRandomPassword", "secretsmanager:ListSecretVersionIds",
      "sns:Get*", "sns:List*",
      "wafv2:Describe*", "wafv2:Get*", "wafv2:List*",
    ]
    resources = ["*"]
  }

  # The provider reads what it wrote, the values of these included.
  dynamic "statement" {
    for_each = length(each.value.secret_names) > 0 ? [each.value.secret_names] : []

    content {
      sid       = "ReadSecrets"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [for name in sort(statement.value) : "arn:aws:secretsmanager:*:${var.account_id}:secret:${name}-??????"]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.secret_names) > 0 ? [each.value.secret_names] : []

    content {
      sid       = "UseKeyOfSecrets"
      actions   = ["kms:Decrypt"]
      resources = ["arn:aws:kms:*:${var.account_id}:key/*"]

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["secretsmanager.*.amazonaws.com"]
      }

      condition {
        test     = "ArnLike"
        variable = "kms:EncryptionContext:SecretARN"
        values   = [for name in sort(statement.value) : "arn:aws:secretsmanager:*:${var.account_id}:secret:${name}-??????"]
      }
    }
  }
}
