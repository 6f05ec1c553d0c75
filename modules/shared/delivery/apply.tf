locals {
  regions = { for environment, settings in var.environments : environment => sort(setunion(settings.regions, ["us-east-1"])) }

  # Resources whose ARN has their name: the service's every action on those of the environment.
  named = {
    for environment, settings in var.environments : environment => {
      Clusters = {
        actions = ["eks:*"]
        resources = [
          for kind in ["access-entry", "addon", "capability", "cluster", "podidentityassociation"] :
          "eks:*:${var.account_id}:${kind}/${settings.prefix}*"
        ]
      }
      Databases = {
        actions = ["rds:*"]
        resources = concat(
          [for kind in ["cluster", "cluster-pg", "cluster-snapshot", "db", "pg", "subgrp"] : "rds:*:${var.account_id}:${kind}:${settings.prefix}*"],
          # Groups of AWS that an instance of Aurora names.
          [for kind in ["cluster-pg", "og", "pg"] : "rds:*:${var.account_id}:${kind}:default*"],
          ["rds::${var.account_id}:global-cluster:${settings.prefix}*"],
        )
      }
      Secrets   = { actions = ["secretsmanager:*"], resources = ["secretsmanager:*:${var.account_id}:secret:${settings.prefix}/*"] }
      Functions = { actions = ["lambda:*"], resources = ["lambda:*:${var.account_id}:function:${settings.prefix}*"] }
      Logs = {
        actions = ["logs:*"]
        resources = concat(
          [for group in ["/aws/*/", "aws-waf-logs-", ""] : "logs:*:${var.account_id}:log-group:${group}${settings.prefix}*"],
          [for kind in ["delivery-source", "delivery-destination"] : "logs:*:${var.account_id}:${kind}:${settings.prefix}*"],
          ["logs:*:${var.account_id}:delivery:*"],
        )
      }
      Alarms = {
        actions   = ["cloudwatch:*"]
        resources = ["cloudwatch:*:${var.account_id}:alarm:${settings.prefix}*", "cloudwatch::${var.account_id}:dashboard/${settings.prefix}*"]
      }
      Topics = { actions = ["sns:*"], resources = ["sns:*:${var.account_id}:${settings.prefix}*"] }
      Rules  = { actions = ["events:*"], resources = ["events:*:${var.account_id}:rule/${settings.prefix}*"] }
      WebAcls = {
        actions = ["wafv2:*"]
        resources = flatten([
          for scope in ["global", "regional"] : [
            "wafv2:*:${var.account_id}:${scope}/webacl/${settings.prefix}*",
            "wafv2:*:${var.account_id}:${scope}/rulegroup/${settings.prefix}*",
            "wafv2:*:${var.account_id}:${scope}/managedruleset/*",
          ]
        ])
      }
    }
  }
}

resource "aws_iam_policy" "named" {
  for_each = var.environments

  name        = "${var.name}-${each.key}-named"
  path        = local.path
  description = "What has the names of ${each.key}"
  policy      = data.aws_iam_policy_document.named[each.key].json
}

data "aws_iam_policy_document" "named" {
  for_each = var.environments

  dynamic "statement" {
    for_each = local.named[each.key]

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = [for resource in statement.value.resources : "arn:aws:${resource}"]

      condition {
        test     = "StringEquals"
        variable = "aws:RequestedRegion"
        values   = local.regions[each.key]
      }
    }
  }

  dynamic "statement" {
    for_each = length(each.value.repositories) > 0 ? [each.value.repositories] : []

    content {
      sid       = "Repositories"
      actions   = ["ecr:*"]
      resources = [for name in sort(statement.value) : "arn:aws:ecr:*:${var.account_id}:repository/${name}"]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.repositories) > 0 ? [true] : []

    content {
      sid = "Registry"
      actions = [
        "ecr:DeleteRegistryPolicy",
        "ecr:PutRegistryPolicy",
        "ecr:PutRegistryScanningConfiguration",
        "ecr:PutReplicationConfiguration",
      ]
      # AWS knows no narrower resource for them.
      resources = ["*"]

      condition {
        test     = "StringEquals"
        variable = "aws:RequestedRegion"
        values   = local.regions[each.key]
      }
    }
  }
}

resource "aws_iam_policy" "numbered" {
  for_each = var.environments

  name        = "${var.name}-${each.key}-numbered"
  path        = local.path
  description = "What has numbers for names, unless it is tagged as another environment's than ${each.key}"
  policy      = data.aws_iam_policy_document.numbered[each.key].json
}

data "aws_iam_policy_document" "numbered" {
  for_each = var.environments

  statement {
    sid = "Networks"
    # Families of what makes a network: no instance, image, volume, key pair or VPN.
    actions = [
      "ec2:*Address", "ec2:*Addresses", "ec2:*FlowLogs", "ec2:*InternetGateway", "ec2:*NatGateway", "ec2:*NatGatewayAddress",
      "ec2:*NetworkAcl", "ec2:*NetworkAclAssociation", "ec2:*NetworkAclEntry", "ec2:*Route", "ec2:*RouteTable", "ec2:*RouteTableAssociation",
      "ec2:*SecurityGroup", "ec2:*SecurityGroupEgress", "ec2:*SecurityGroupIngress", "ec2:*SecurityGroupRules",
      "ec2:*SecurityGroupRuleDescriptionsEgress", "ec2:*SecurityGroupRuleDescriptionsIngress",
      "ec2:*Subnet", "ec2:*SubnetAttribute", "ec2:*Tags", "ec2:*Vpc", "ec2:*VpcAttribute", "ec2:*VpcEndpoint", "ec2:*VpcEndpoints",
    ]
    resources = ["arn:aws:ec2:*:${var.account_id}:*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = local.regions[each.key]
    }
  }

  # What AWS asks about no resource for: it makes one, or is a setting of the whole account in the region.
  statement {
    sid = "Make"
    actions = [
      "acm:RequestCertificate",
      "cloudfront:CreateCachePolicy", "cloudfront:CreateDistribution", "cloudfront:CreateFunction", "cloudfront:CreateKeyValueStore",
      "cloudfront:CreateMonitoringSubscription", "cloudfront:CreateOriginAccessControl", "cloudfront:CreateOriginRequestPolicy",
      "cloudfront:CreateResponseHeadersPolicy", "cloudfront:DeleteMonitoringSubscription",
      "eks:CreateCluster",
      "kms:CreateKey",
      "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DeleteResourcePolicy", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
      "route53:CreateHealthCheck", "route53:CreateHostedZone",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = local.regions[each.key]
    }
  }

  statement {
    sid = "Keys"
    actions = [
      "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:CreateGrant", "kms:DeleteAlias", "kms:DisableKey", "kms:DisableKeyRotation", "kms:EnableKey",
      "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource",
      "kms:UpdateAlias", "kms:UpdateKeyDescription",
    ]
    resources = concat(
      ["arn:aws:kms:*:${var.account_id}:key/*", "arn:aws:kms:*:${var.account_id}:alias/${each.value.prefix}*"],
      # The registry is the account's, and has the name of its repositories.
      [for name in distinct([for repository in sort(each.value.repositories) : split("/", repository)[0]]) : "arn:aws:kms:*:${var.account_id}:alias/${name}-registry"],
    )
  }

  # Services encrypt what they make for us by our right to the key.
  statement {
    sid       = "UseKeys"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["arn:aws:kms:*:${var.account_id}:key/*"]

    condition {
      test     = "StringLike"
      variable = "kms:ViaService"
      values   = [for service in ["ecr", "lambda", "logs", "rds", "secretsmanager", "sns"] : "${service}.*.amazonaws.com"]
    }
  }

  statement {
    sid       = "Certificates"
    actions   = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:RequestCertificate", "acm:UpdateCertificateOptions"]
    resources = ["arn:aws:acm:*:${var.account_id}:certificate/*"]
  }

  statement {
    sid     = "Distributions"
    actions = ["cloudfront:*", "cloudfront-keyvaluestore:*"]
    resources = [
      for kind in [
        "cache-policy/", "distribution/", "function/${each.value.prefix}", "key-value-store/", "origin-access-control/",
        "origin-request-policy/", "response-headers-policy/",
      ] : "arn:aws:cloudfront::${var.account_id}:${kind}*"
    ]
  }

  statement {
    sid = "Names"
    actions = [
      "route53:ActivateKeySigningKey", "route53:Change*", "route53:Create*", "route53:DeactivateKeySigningKey", "route53:Delete*",
      "route53:DisableHostedZoneDNSSEC", "route53:EnableHostedZoneDNSSEC", "route53:Update*",
    ]
    # Zones and health checks have no tags that policies know.
    resources = concat(
      [for kind in ["healthcheck", "change"] : "arn:aws:route53:::${kind}/*"],
      [for zone in(each.value.zone_ids == null ? ["*"] : sort(each.value.zone_ids)) : "arn:aws:route53:::hostedzone/${zone}"],
    )
  }

  # Who ends one ends every state of a region.
  statement {
    sid         = "KeepKeysOfStates"
    effect      = "Deny"
    not_actions = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    resources   = ["arn:aws:kms:*:${var.account_id}:key/*"]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = local.state_key_aliases
    }
  }

  # They are known by it.
  statement {
    sid       = "KeepAliasOfStates"
    effect    = "Deny"
    actions   = ["kms:*Alias"]
    resources = [for alias in local.state_key_aliases : "arn:aws:kms:*:${var.account_id}:${alias}"]
  }

  statement {
    sid    = "KeepOtherEnvironments"
    effect = "Deny"
    # The key of the states is everybody's.
    not_actions = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
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
}
