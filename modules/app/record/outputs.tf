output "health_check_ids" {
  description = "The health check of each region's origin, by region; dimension of its metric, which is in us-east-1."
  value       = { for region, check in aws_route53_health_check.origin : region => check.id }
}
