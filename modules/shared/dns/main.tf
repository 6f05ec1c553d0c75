resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_39:Queries are asked by resolvers, not by users; CloudFront logs what users ask.

  name    = var.domain
  comment = "Zone of ${var.name}"
}

resource "aws_route53_record" "authorities" {
  zone_id = aws_route53_zone.this.zone_id
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = concat(
    [for authority in sort(var.certificate_authorities) : "0 issue \"${authority}\""],
    var.incident_email == null ? [] : ["0 iodef \"mailto:${var.incident_email}\""],
  )
}
