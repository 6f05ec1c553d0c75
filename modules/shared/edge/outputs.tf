output "distribution_id" {
  description = "The distribution; dimension of its metrics, which are in us-east-1."
  value       = module.distribution.cloudfront_distribution_id
}

output "distribution_arn" {
  description = "The distribution, for policies."
  value       = module.distribution.cloudfront_distribution_arn
}

output "distribution_domain" {
  description = "The distribution's own name, for alias records."
  value       = module.distribution.cloudfront_distribution_domain_name
}

output "distribution_zone_id" {
  description = "The zone of the distribution's own name, for alias records."
  value       = module.distribution.cloudfront_distribution_hosted_zone_id
}

output "origin_check_rule_group_arns" {
  description = "The rule group of each region that blocks what did not come through the distribution, by region; for the module firewall."
  value       = local.rule_group_arns
}

output "health_paths" {
  description = "Path at the distribution that asks the origin of a region whether it serves, by region."
  value       = local.health_paths
}

output "log_group_name" {
  description = "The access log."
  value       = aws_cloudwatch_log_group.access.name
}

output "rotation_function_name" {
  description = "The function that rotates the origin check; dimension of its metrics."
  value       = aws_lambda_function.this["rotation"].function_name
}

output "key_arn" {
  description = "The key of the logs and functions."
  value       = module.key.key_arn
}
