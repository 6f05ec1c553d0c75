resource "aws_route53_record" "this" {
  #checkov:skip=CKV2_AWS_23:An alias of the distribution, which another module makes.

  for_each = toset(["A", "AAAA", "HTTPS"])

  zone_id = var.zone_id
  name    = var.domain
  type    = each.value

  alias {
    name    = var.distribution_domain
    zone_id = var.distribution_zone_id
    # AWS has none of a distribution.
    evaluate_target_health = false
  }
}

# Through the distribution, since nobody else gets to a load balancer.
resource "aws_route53_health_check" "origin" {
  for_each = var.health_paths

  reference_name    = "${var.name}-${each.key}"
  type              = "HTTPS"
  fqdn              = var.domain
  port              = 443
  resource_path     = each.value
  request_interval  = 30
  failure_threshold = 3

  tags = { Name = "${var.name}-${each.key}" }
}
