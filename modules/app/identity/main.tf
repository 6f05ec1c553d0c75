locals {
  # Roles are global, their pods are a region's.
  regional_name = "${var.name}-${var.region}"
  cluster_arn   = "arn:aws:eks:${var.region}:${var.account_id}:cluster/${var.cluster_name}"

  # By name: the ARN of a copy is known only where it was made, and Secrets Manager adds six characters.
  secrets = { for purpose, name in var.secret_names : purpose => "secret:${name}-??????" }

  identities = merge({
    for purpose, account in var.service_accounts : purpose => {
      namespace       = var.namespace
      service_account = account
      description     = "Pods of ${var.namespace}/${account}: read the secret ${var.secret_names[purpose]}"
      statements      = local.secret_statements[purpose]
    }
    }, {
    for dns in var.external_dns[*] : "external-dns" => {
      namespace       = dns.namespace
      service_account = dns.service_account
      description     = "External DNS of ${var.cluster_name}: keeps its records"
      statements      = local.external_dns_statements
    }
  })

  secret_statements = {
    for purpose, secret in local.secrets : purpose => [
      {
        sid       = "ReadSecret"
        actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        resources = ["arn:aws:secretsmanager:${var.region}:${var.account_id}:${secret}"]
        condition = null
      },
      {
        sid       = "UseKeyOfSecret"
        actions   = ["kms:Decrypt"]
        resources = ["arn:aws:kms:${var.region}:${var.account_id}:key/*"]
        condition = [
          { test = "ForAnyValue:StringEquals", variable = "kms:ResourceAliases", values = [var.secrets_key_alias] },
          { test = "StringEquals", variable = "kms:ViaService", values = ["secretsmanager.${var.region}.amazonaws.com"] },
          # Of a copy it may name the region that the secret was made in.
          { test = "ArnLike", variable = "kms:EncryptionContext:SecretARN", values = ["arn:aws:secretsmanager:*:${var.account_id}:${secret}"] },
        ]
      },
    ]
  }
}

module "role" {
  source  = "terraform-aws-modules/eks-pod-identity/aws"
  version = "2.8.1"

  for_each = local.identities

  region                   = var.region
  name                     = "${local.regional_name}-${each.key}"
  use_name_prefix          = false
  description              = each.value.description
  permissions_boundary_arn = var.permissions_boundary_arn

  trust_policy_conditions = [
    { test = "StringEquals", variable = "aws:SourceAccount", values = [var.account_id] },
    { test = "ArnEquals", variable = "aws:SourceArn", values = [local.cluster_arn] },
    { test = "StringEquals", variable = "aws:RequestTag/kubernetes-namespace", values = [each.value.namespace] },
    { test = "StringEquals", variable = "aws:RequestTag/kubernetes-service-account", values = [each.value.service_account] },
  ]

  attach_custom_policy      = true
  custom_policy_description = each.value.description
  policy_statements         = each.value.statements

  associations = {
    pods = {
      cluster_name    = var.cluster_name
      namespace       = each.value.namespace
      service_account = each.value.service_account
    }
  }
}
