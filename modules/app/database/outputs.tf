output "cluster_identifier" {
  description = "The cluster; dimension of its metrics."
  value       = module.cluster.cluster_id
}

output "cluster_arn" {
  description = "The cluster as switchover and failover of the global database name it."
  value       = module.cluster.cluster_arn
}

output "cluster_resource_id" {
  description = "The cluster as IAM policies for `rds-db:connect` name it."
  value       = module.cluster.cluster_resource_id
}

output "endpoint" {
  description = "Host that takes writes, while `role` is `primary`."
  value       = module.cluster.cluster_endpoint
}

output "global_endpoint" {
  description = "Host that takes writes, in whichever region that is; of origin `primary` in a global database, else null."
  value       = one(aws_rds_global_cluster.this[*].endpoint)
}

output "reader_endpoint" {
  description = "Host that spreads reads over the instances that don't take writes."
  value       = module.cluster.cluster_reader_endpoint
}

output "port" {
  description = "Port of both hosts."
  value       = module.cluster.cluster_port
}

output "database_name" {
  description = "The database."
  value       = var.database_name
}

output "security_group_id" {
  description = "The security group of the instances."
  value       = module.cluster.security_group_id
}

output "key_arn" {
  description = "The key of data, insights and logs."
  value       = module.key.key_arn
}

output "secret_names" {
  description = "Names of the secrets `master`, `application` and `migration`, the same in every region."
  value       = local.secret_names
}

output "secrets_key_alias" {
  description = "Alias of the key of the secrets, the same in every region, each with a key of its own."
  value       = "alias/${local.secrets_key_alias}"
}

output "rotation_function_name" {
  description = "The function that rotates; dimension of its metrics."
  value       = aws_lambda_function.rotation.function_name
}
