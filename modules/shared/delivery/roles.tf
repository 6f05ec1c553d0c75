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
      "iam:PutRolePolicy",
    ]
    resources = ["arn:aws:iam::${var.account_id}:role/${each.value.prefix}*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = ["arn:aws:iam::${var.account_id}:policy${local.path}${var.name}-${each.key}-boundary"]
    }
  }

  statement {
    sid = "KeepRoles"
    actions = [
      "iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
    ]
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
        "capabilities.eks.amazonaws.com", "ec2.amazonaws.com", "eks.amazonaws.com", "events.amazonaws.com", "lambda.amazonaws.com",
        "monitoring.rds.amazonaws.com", "pods.eks.amazonaws.com", "vpc-flow-logs.amazonaws.com",
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

# Grants nothing: the most that a role of the environment may have, whatever policies it gets. What the services of AWS
# do for the cluster is in AWS's own policies, hence services by the whole.
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
      "acm:DescribeCertificate", "acm:GetCertificate", "acm:ListCertificates", "application-signals:*", "autoscaling:*", "cloudfront:*",
      "cloudfront-keyvaluestore:*", "cloudwatch:*", "cognito-idp:DescribeUserPoolClient", "ec2:*", "ec2messages:*", "ecr:*", "eks:*",
      "eks-auth:*", "elasticloadbalancing:*", "events:*", "health:Describe*", "kms:*", "lambda:*", "logs:*", "pi:*", "rds:Describe*",
      "route53:*", "shield:*", "sns:*", "sqs:*", "ssm:*", "ssmmessages:*", "sts:GetCallerIdentity", "sts:TagSession", "tag:GetResources",
      "waf-regional:*", "wafv2:*", "xray:*",
    ]
    resources = ["*"]
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
    not_resources = ["arn:aws:s3:::${each.value.state.bucket}", "arn:aws:s3:::${each.value.state.bucket}/*"]
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
