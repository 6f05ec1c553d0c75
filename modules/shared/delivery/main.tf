locals {
  issuer = "token.actions.githubusercontent.com"
  repository = {
    immutable = "${var.repository.owner}@${var.repository.owner_id}/${var.repository.name}@${var.repository.id}"
    name      = "${var.repository.owner}/${var.repository.name}"
  }[var.subject_form]

  # Apart from the roles and policies that pipelines make, so that no pattern of names finds them.
  path = "/delivery/"

  # By role: environments of the jobs on GitHub, the only thing beside the repository that a subject has.
  jobs = merge(
    { for environment in keys(var.environments) : "${environment}-plan" => ["${environment}-plan", "${environment}-drift"] },
    { for environment in keys(var.environments) : "${environment}-apply" => [environment] },
    { for environment in keys(local.pulling) : "${environment}-pull" => ["${environment}-pull"] },
    { for environment in keys(var.push) : "${environment}-push" => [environment] },
  )

  pulling = { for name, environment in var.environments : name => environment if length(environment.repositories) > 0 }

  trust = {
    for role, environments in local.jobs : role => {
      GitHub = {
        actions    = ["sts:AssumeRoleWithWebIdentity"]
        principals = [{ type = "Federated", identifiers = [local.provider_arn] }]
        condition = [
          { test = "StringEquals", variable = "${local.issuer}:aud", values = ["sts.amazonaws.com"] },
          { test = "StringEquals", variable = "${local.issuer}:sub", values = [for environment in environments : "repo:${local.repository}:environment:${environment}"] },
        ]
      }
    }
  }

  provider_arn = coalesce(var.oidc_provider_arn, one(aws_iam_openid_connect_provider.github[*].arn))
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.oidc_provider_arn == null ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

module "plan" {
  #checkov:skip=CKV_AWS_393:Repository and environment are named exactly, with IDs, a form that checkov does not know.

  source  = "terraform-aws-modules/iam/aws//modules/iam-role"
  version = "6.5.0"

  for_each = var.environments

  name            = "${var.name}-${each.key}-plan"
  use_name_prefix = false
  path            = local.path
  description     = "Pipelines plan ${each.key}: read only"
  # A night's plans of all units.
  max_session_duration     = 5400
  trust_policy_permissions = local.trust["${each.key}-plan"]

  policies = {
    read  = aws_iam_policy.read[each.key].arn
    state = aws_iam_policy.plan_state[each.key].arn
  }
}

module "apply" {
  #checkov:skip=CKV_AWS_393:Repository and environment are named exactly, with IDs, a form that checkov does not know.

  source  = "terraform-aws-modules/iam/aws//modules/iam-role"
  version = "6.5.0"

  for_each = var.environments

  name            = "${var.name}-${each.key}-apply"
  use_name_prefix = false
  path            = local.path
  description     = "Pipelines apply ${each.key}, and nothing else"
  # An apply whose credentials end can't write its state.
  max_session_duration     = 10800
  trust_policy_permissions = local.trust["${each.key}-apply"]

  policies = {
    read     = aws_iam_policy.read[each.key].arn
    state    = aws_iam_policy.apply_state[each.key].arn
    named    = aws_iam_policy.named[each.key].arn
    numbered = aws_iam_policy.numbered[each.key].arn
    roles    = aws_iam_policy.roles[each.key].arn
  }
}

module "pull" {
  #checkov:skip=CKV_AWS_393:Repository and environment are named exactly, with IDs, a form that checkov does not know.

  source  = "terraform-aws-modules/iam/aws//modules/iam-role"
  version = "6.5.0"

  for_each = local.pulling

  name                     = "${var.name}-${each.key}-pull"
  use_name_prefix          = false
  path                     = local.path
  description              = "Pipelines read signatures of images of ${each.key}"
  trust_policy_permissions = local.trust["${each.key}-pull"]

  create_inline_policy = true
  inline_policy_permissions = {
    # AWS knows no narrower resource for it.
    LogIn = { actions = ["ecr:GetAuthorizationToken"], resources = ["*"] }
    Pull = {
      actions   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [for name in sort(each.value.repositories) : "arn:aws:ecr:*:${var.account_id}:repository/${name}"]
    }
  }
}

module "push" {
  #checkov:skip=CKV_AWS_393:Repository and environment are named exactly, with IDs, a form that checkov does not know.

  source  = "terraform-aws-modules/iam/aws//modules/iam-role"
  version = "6.5.0"

  for_each = var.push

  name                     = "${var.name}-${each.key}-push"
  use_name_prefix          = false
  path                     = local.path
  description              = "Pipelines push images and charts of ${each.key}"
  trust_policy_permissions = local.trust["${each.key}-push"]

  create_inline_policy = true
  inline_policy_permissions = {
    # AWS knows no narrower resource for it.
    LogIn = { actions = ["ecr:GetAuthorizationToken"], resources = ["*"] }
    Push = {
      actions = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ]
      resources = sort(each.value)
    }
  }
}
