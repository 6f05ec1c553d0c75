output "log_group_names" {
  description = "Log groups by what is in them: `application`, `dataplane`, `host` and `performance`."
  value       = { for kind, group in aws_cloudwatch_log_group.this : kind => group.name }
}

output "key_arn" {
  description = "The key of the logs."
  value       = module.key.key_arn
}

output "role_arn" {
  description = "Role of the agents, by EKS Pod Identity."
  value       = module.identity.iam_role_arn
}

output "dashboard_name" {
  description = "Dashboard of the shared layer."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
