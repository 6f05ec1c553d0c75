output "cluster_name" {
  description = "The cluster; dimension of its metrics."
  value       = module.cluster.cluster_name
}

output "cluster_arn" {
  description = "The cluster as IAM policies and Pod Identity name it."
  value       = module.cluster.cluster_arn
}

output "endpoint" {
  description = "URL of the Kubernetes API."
  value       = module.cluster.cluster_endpoint
}

output "certificate_authority" {
  description = "Certificate authority of the Kubernetes API, base64."
  value       = module.cluster.cluster_certificate_authority_data
}

output "key_arn" {
  description = "The key of Kubernetes objects and logs."
  value       = module.key.key_arn
}

output "storage_key_arn" {
  description = "The key that node classes and storage classes name for volumes."
  value       = module.storage_key.key_arn
}

output "log_group_name" {
  description = "Log group of the control plane."
  value       = module.cluster.cloudwatch_log_group_name
}

output "node_role_arn" {
  description = "Role of the nodes; pulls images."
  value       = aws_iam_role.node.arn
}

output "node_role_name" {
  description = "Role of the nodes as node classes name it."
  value       = aws_iam_role.node.name
}

output "cluster_security_group_id" {
  description = "Group that EKS made: the API, nodes, and pods of built-in node pools."
  value       = module.cluster.cluster_primary_security_group_id
}

output "load_balancer_security_group_id" {
  description = "Group for load balancers that the cluster makes: HTTPS from CloudFront in, the target ports of pods out."
  value       = aws_security_group.load_balancer.id
}
