resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_39:Queries are asked by resolvers, not by users; CloudFront logs what users ask.

  name    = var.domain
  comment = "Zone of ${var.name}"
}

# As AWS makes it, but for the last number: how many seconds resolvers may hold that a name isn't there, 86,400 at AWS, of
# which they take the record's time to live, 900. The name of a standby's origin isn't there until it serves.
resource "aws_route53_record" "authority" {
  zone_id         = aws_route53_zone.this.zone_id
  name            = var.domain
  type            = "SOA"
  ttl             = 900
  records         = ["${trimsuffix(aws_route53_zone.this.primary_name_server, ".")}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 60"]
  allow_overwrite = true
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
