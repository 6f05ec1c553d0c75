# What a refresh reads of the types that the modules make: how things are set, not what they hold.
resource "aws_iam_policy" "read" {
  #checkov:skip=CKV_AWS_355:A plan reads the settings of whatever there is; values of secrets and states by name.

  for_each = var.environments

  name        = "${var.name}-${each.key}-read"
  path        = local.path
  description = "What a plan of ${each.key} reads"
  policy      = data.aws_iam_policy_document.read[each.key].json
}

data "aws_iam_policy_document" "read" {
  #checkov:skip=CKV_AWS_356:A plan reads the settings of whatever there is; values of secrets and states by name.

  for_each = var.environments

  statement {
    sid = "ReadSettings"
    actions = [
      "acm:Describe*", "acm:ListTagsForCertificate",
      "cloudfront:Describe*", "cloudfront:Get*", "cloudfront:ListTagsForResource",
      "cloudwatch:Describe*", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
      "ec2:GetManagedPrefixListEntries",
      "ecr:Describe*", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource",
      "eks:Describe*", "eks:List*",
      "events:Describe*", "events:List*",
      "iam:GetOpenIDConnectProvider", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies", "iam:ListEntitiesForPolicy", "iam:ListInstanceProfilesForRole", "iam:ListPolicyVersions", "iam:ListRolePolicies",
      "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags",
      "lambda:Get*", "lambda:List*",
      "logs:Describe*", "logs:GetDelivery*", "logs:ListTags*",
      "rds:Describe*", "rds:ListTagsForResource",
      "route53:Get*", "route53:List*",
      "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:ListSecretVersionIds",
      "sns:Get*", "sns:List*",
      "wafv2:Get*", "wafv2:List*",
    ]
    resources = concat(
      [
        for service in ["acm", "cloudwatch", "ec2", "ecr", "eks", "events", "kms", "lambda", "logs", "rds", "secretsmanager", "sns", "wafv2"] :
        "arn:aws:${service}:*:${var.account_id}:*"
      ],
      [for service in ["cloudfront", "cloudwatch", "iam", "rds"] : "arn:aws:${service}::${var.account_id}:*"],
      ["arn:aws:ec2:*:aws:prefix-list/*", "arn:aws:iam::aws:policy/*", "arn:aws:route53:::*"],
    )
  }

  # What AWS asks about no resource for.
  statement {
    sid = "List"
    actions = [
      "acm:ListCertificates",
      "cloudfront:ListCachePolicies", "cloudfront:ListDistributions", "cloudfront:ListFunctions", "cloudfront:ListKeyValueStores",
      "cloudfront:ListOriginRequestPolicies", "cloudfront:ListResponseHeadersPolicies",
      "ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute", "ec2:DescribeAvailabilityZones", "ec2:DescribeFlowLogs",
      "ec2:DescribeInternetGateways", "ec2:DescribeManagedPrefixLists", "ec2:DescribeNatGateways", "ec2:DescribeNetworkAcls",
      "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists", "ec2:DescribeRegions", "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
      "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpointServices", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
      "ecr:DescribeRegistry", "ecr:DescribeRepositoryCreationTemplates", "ecr:GetRegistryPolicy", "ecr:GetRegistryScanningConfiguration",
      "kms:ListAliases",
      "eks:DescribeAddonVersions",
      "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
      "rds:DescribeDBEngineVersions", "rds:DescribeOrderableDBInstanceOptions",
      "route53:ListHostedZones", "route53:ListHostedZonesByName",
      "secretsmanager:GetRandomPassword",
    ]
    resources = ["*"]
  }

  # The provider reads what it wrote, the values of these included: who may plan is asked of GitHub's environments.
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
