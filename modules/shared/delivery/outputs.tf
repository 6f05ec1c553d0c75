output "plan_role_arns" {
  description = "Role that plans, by environment."
  value       = { for environment, role in module.plan : environment => role.arn }
}

output "apply_role_arns" {
  description = "Role that applies, by environment."
  value       = { for environment, role in module.apply : environment => role.arn }
}

output "pull_role_arns" {
  description = "Role that reads signatures of images, by environment."
  value       = { for environment, role in module.pull : environment => role.arn }
}

output "push_role_arns" {
  description = "Role that pushes images and charts, by environment on GitHub."
  value       = { for environment, role in module.push : environment => role.arn }
}

output "permissions_boundary_arns" {
  description = "Policy that every role of an environment must be bounded by, by environment."
  value       = { for environment, policy in aws_iam_policy.boundary : environment => policy.arn }
}
