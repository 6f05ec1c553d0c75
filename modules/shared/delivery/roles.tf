resource "aws_iam_policy" "roles" {
  for_each = var.environments

  name        = "${var.name}-${each.key}-roles"
  path        = local.path
  description = "Roles of ${each.key}, each within the boundary"
  policy      = data.aws_iam_policy_document.roles[each.key].json
}

data "aws_iam_policy_document" "roles" {
  for_each = var.environments

  # Who may make any role has every right; so each must have the boundary, and keep it.
  statement {
    sid = "GiveRights"
    actions = [
      "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy",
    ]
    resources = ["arn:aws:iam::${var.account_id}:role/${each.value.prefix}*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = ["arn:aws:iam::${var.account_id}:policy${local.path}${var.name}-${each.key}-boundary"]
    }
  }

  statement {
    sid       = "KeepRoles"
    actions   = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateRole", "iam:UpdateRoleDescription"]
    resources = ["arn:aws:iam::${var.account_id}:role/${each.value.prefix}*"]
  }

  statement {
    sid = "Policies"
    actions = [
      "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion",
      "iam:TagPolicy", "iam:UntagPolicy",
    ]
    resources = ["arn:aws:iam::${var.account_id}:policy/${each.value.prefix}*"]
  }

  statement {
    sid       = "PassRoles"
    actions   = ["iam:PassRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/${each.value.prefix}*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values = [
        "ec2.amazonaws.com", "eks.amazonaws.com", "lambda.amazonaws.com", "monitoring.rds.amazonaws.com", "pods.eks.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
      ]
    }
  }

  statement {
    sid       = "RolesOfServices"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values = [
        "eks.amazonaws.com", "eks-nodegroup.amazonaws.com", "elasticloadbalancing.amazonaws.com", "rds.amazonaws.com",
        "replication.ecr.amazonaws.com", "spot.amazonaws.com", "wafv2.amazonaws.com",
      ]
    }
  }
}

# Grants nothing: the most that a role of the environment may have, whatever policies it gets: what AWS's policies give the
# cluster, and what the modules' roles need. Nothing here gives rights, changes code or keys, or enters another environment.
resource "aws_iam_policy" "boundary" {
  #checkov:skip=CKV_AWS_286:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_287:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_288:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_289:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_290:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_355:It bounds what other policies give, and gives nothing.

  for_each = var.environments

  name        = "${var.name}-${each.key}-boundary"
  path        = local.path
  description = "The most that a role of ${each.key} may"
  policy      = data.aws_iam_policy_document.boundary[each.key].json
}

data "aws_iam_policy_document" "boundary" {
  #checkov:skip=CKV_AWS_107:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_108:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_109:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_110:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_111:It bounds what other policies give, and gives nothing.
  #checkov:skip=CKV_AWS_356:It bounds what other policies give, and gives nothing.

  for_each = var.environments

  statement {
    sid = "Services"
    actions = [
      "acm:DescribeCertificate", "acm:ListCertificates", "autoscaling:DescribeAutoScalingGroups", "autoscaling:UpdateAutoScalingGroup",
      "cloudtrail:LookupEvents", "cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*", "cloudwatch:PutMetricData",
      "cognito-idp:DescribeUserPoolClient", "ec2:*", "ecr:BatchGetImage", "ecr:BatchImportUpstreamImage", "ecr:GetAuthorizationToken",
      "ecr:GetDownloadUrlForLayer", "eks-auth:AssumeRoleForPodIdentity", "eks:Describe*", "eks:List*", "elasticloadbalancing:*",
      "logs:CreateLogGroup", "logs:CreateLogStream", "logs:Describe*", "logs:GetQueryResults", "logs:PutLogEvents",
      "logs:PutRetentionPolicy", "logs:StartQuery", "rds:Describe*", "route53:ChangeResourceRecordSets", "route53:Get*", "route53:List*",
      "shield:CreateProtection", "shield:DeleteProtection", "shield:Describe*", "shield:GetSubscriptionState", "shield:TagResource",
      "sts:GetCallerIdentity", "sts:TagSession", "tag:GetResources", "waf-regional:AssociateWebACL", "waf-regional:DisassociateWebACL",
      "waf-regional:Get*", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "wafv2:Get*", "wafv2:List*", "xray:Get*", "xray:Put*",
    ]
    resources = ["*"]
  }

  statement {
    sid     = "OwnNames"
    actions = ["sns:Publish", "wafv2:CreateRuleGroup", "wafv2:DeleteRuleGroup", "wafv2:UpdateRuleGroup"]
    resources = [
      "arn:aws:sns:*:${var.account_id}:${each.value.prefix}*",
      "arn:aws:wafv2:*:${var.account_id}:regional/rulegroup/${each.value.prefix}*",
    ]
  }

  statement {
    sid       = "KeyValueStores"
    actions   = ["cloudfront-keyvaluestore:*"]
    resources = ["arn:aws:cloudfront::${var.account_id}:key-value-store/*"]
  }

  statement {
    sid       = "SettingsOfAgents"
    actions   = ["ssm:GetParameter"]
    resources = ["arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"]
  }

  statement {
    sid       = "UseKeys"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ListGrants", "kms:ReEncrypt*"]
    resources = ["arn:aws:kms:*:${var.account_id}:key/*"]
  }

  # For volumes of nodes.
  statement {
    sid       = "LendKeys"
    actions   = ["kms:CreateGrant", "kms:RevokeGrant"]
    resources = ["arn:aws:kms:*:${var.account_id}:key/*"]

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }

  statement {
    sid       = "KeepKeysOfStates"
    effect    = "Deny"
    actions   = ["kms:*"]
    resources = ["arn:aws:kms:*:${var.account_id}:key/*"]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = local.state_key_aliases
    }
  }

  statement {
    sid    = "KeepOtherEnvironments"
    effect = "Deny"
    # Images may be everybody's.
    not_actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources   = ["*"]

    condition {
      test     = "StringNotEquals"
      variable = "aws:ResourceTag/${var.environment_tag}"
      values   = [each.key]
    }

    condition {
      test     = "Null"
      variable = "aws:ResourceTag/${var.environment_tag}"
      values   = ["false"]
    }
  }

  # Nodes, volumes and load balancers that a cluster makes have its name, and no tag of ours.
  statement {
    sid         = "KeepOtherClusters"
    effect      = "Deny"
    not_actions = ["ec2:Describe*", "elasticloadbalancing:Describe*"]
    resources   = ["*"]

    condition {
      test     = "StringNotLike"
      variable = "aws:ResourceTag/eks:eks-cluster-name"
      values   = ["${each.value.prefix}*"]
    }

    condition {
      test     = "Null"
      variable = "aws:ResourceTag/eks:eks-cluster-name"
      values   = ["false"]
    }
  }

  statement {
    sid       = "OwnSecrets"
    actions   = ["secretsmanager:*"]
    resources = ["arn:aws:secretsmanager:*:${var.account_id}:secret:${each.value.prefix}/*"]
  }

  statement {
    sid       = "MakePasswords"
    actions   = ["secretsmanager:GetRandomPassword"]
    resources = ["*"]
  }

  # Layers of images, and files of AWS that agents load; never the states.
  statement {
    sid           = "ReadOthersFiles"
    actions       = ["s3:GetObject", "s3:ListBucket"]
    not_resources = flatten([for bucket in local.state_buckets : ["arn:aws:s3:::${bucket}", "arn:aws:s3:::${bucket}/*"]])
  }

  # What EKS Auto Mode does for its nodes.
  statement {
    sid       = "InstanceProfiles"
    actions   = ["iam:*InstanceProfile", "iam:*InstanceProfiles", "iam:GetRole", "iam:ListAttachedRolePolicies"]
    resources = ["arn:aws:iam::${var.account_id}:instance-profile/*", "arn:aws:iam::${var.account_id}:role/${each.value.prefix}*"]
  }

  statement {
    sid       = "PassToNodes"
    actions   = ["iam:PassRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/${each.value.prefix}*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }

  statement {
    sid       = "RolesOfServices"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/aws-service-role/*"]
  }
}
