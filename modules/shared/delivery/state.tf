locals {
  # A plan takes the lock, and writes nothing else.
  written = { plan = "*.tflock", apply = "*" }
}

resource "aws_iam_policy" "plan_state" {
  for_each = var.environments

  name        = "${var.name}-${each.key}-plan-state"
  path        = local.path
  description = "A plan of ${each.key} reads its states and locks them"
  policy      = data.aws_iam_policy_document.state["${each.key}-plan"].json
}

resource "aws_iam_policy" "apply_state" {
  for_each = var.environments

  name        = "${var.name}-${each.key}-apply-state"
  path        = local.path
  description = "An apply of ${each.key} writes its states"
  policy      = data.aws_iam_policy_document.state["${each.key}-apply"].json
}

data "aws_iam_policy_document" "state" {
  for_each = merge([
    for environment, settings in var.environments : {
      for purpose, objects in local.written : "${environment}-${purpose}" => merge(settings.state, { objects = objects })
    }
  ]...)

  # Terragrunt looks at how the bucket is set before it uses it.
  statement {
    sid = "SeeBucket"
    actions = [
      "s3:GetBucketLocation",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketVersioning",
      "s3:GetEncryptionConfiguration",
      "s3:ListBucket",
    ]
    resources = ["arn:aws:s3:::${each.value.bucket}"]
  }

  statement {
    sid       = "ReadStates"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${each.value.bucket}/${each.value.prefix}*"]
  }

  statement {
    sid       = "Write"
    actions   = ["s3:PutObject", "s3:DeleteObject"]
    resources = ["arn:aws:s3:::${each.value.bucket}/${each.value.prefix}${each.value.objects}"]
  }

  statement {
    sid       = "UseKeyOfStates"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [each.value.key_arn]
  }
}
