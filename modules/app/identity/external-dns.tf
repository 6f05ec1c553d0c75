locals {
  # The records, and beside each the texts by which External DNS knows them as its own: <type>-<name>.
  external_dns_names = flatten([
    for dns in var.external_dns[*] : [for name in dns.record_names : [name, "a-${name}", "aaaa-${name}", "cname-${name}"]]
  ])

  external_dns_statements = flatten([for dns in var.external_dns[*] : [
    {
      sid       = "ChangeRecords"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = ["arn:aws:route53:::hostedzone/${dns.zone_id}"]
      condition = [
        # Of all values, and none is true as well: hence the last one.
        { test = "ForAllValues:StringEquals", variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames", values = local.external_dns_names },
        { test = "ForAllValues:StringEquals", variable = "route53:ChangeResourceRecordSetsRecordTypes", values = ["A", "AAAA", "TXT"] },
        { test = "Null", variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames", values = ["false"] },
      ]
    },
    {
      sid       = "ReadRecords"
      actions   = ["route53:ListResourceRecordSets"]
      resources = ["arn:aws:route53:::hostedzone/${dns.zone_id}"]
      condition = null
    },
    {
      # AWS knows no narrower resource for it.
      sid       = "FindZone"
      actions   = ["route53:ListHostedZones"]
      resources = ["*"]
      condition = null
    },
  ]])
}
