output "role_arns" {
  description = "The roles by purpose: `application`, `migration` and, where it runs, `external-dns`."
  value       = { for purpose, role in module.role : purpose => role.iam_role_arn }
}
