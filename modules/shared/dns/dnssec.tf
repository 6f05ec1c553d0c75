# Route 53 signs with it, each time that it makes the zone's signing key again.
module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  create = var.dnssec

  description             = "Signs the zone ${var.domain}"
  aliases                 = ["${var.name}-dns"]
  deletion_window_in_days = var.key_deletion_days

  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  # AWS rotates no key of this kind; docs/dns.md tells how to.
  enable_key_rotation = false

  key_statements = [
    {
      sid        = "Sign"
      actions    = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
      resources  = ["*"]
      principals = [{ type = "Service", identifiers = ["dnssec-route53.amazonaws.com"] }]
      condition  = [local.for_our_zones]
    },
    {
      sid        = "Grant"
      actions    = ["kms:CreateGrant"]
      resources  = ["*"]
      principals = [{ type = "Service", identifiers = ["dnssec-route53.amazonaws.com"] }]
      condition = [
        local.for_our_zones,
        { test = "Bool", variable = "kms:GrantIsForAWSResource", values = ["true"] },
      ]
    },
  ]
}

locals {
  for_our_zones = { test = "StringEquals", variable = "aws:SourceAccount", values = [var.account_id] }
}

resource "aws_route53_key_signing_key" "this" {
  count = var.dnssec ? 1 : 0

  hosted_zone_id             = aws_route53_zone.this.zone_id
  name                       = "first"
  key_management_service_arn = module.key.key_arn
}

resource "aws_route53_hosted_zone_dnssec" "this" {
  count = var.dnssec ? 1 : 0

  hosted_zone_id = aws_route53_key_signing_key.this[0].hosted_zone_id
}
