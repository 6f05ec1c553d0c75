output "vpc_id" {
  description = "The network."
  value       = module.vpc.vpc_id
}

output "zones" {
  description = "The availability zones, in the order of the subnets."
  value       = var.zones
}

output "public_subnet_ids" {
  description = "Subnets of load balancers and NAT gateways, one a zone."
  value       = module.vpc.public_subnets
}

output "application_subnet_ids" {
  description = "Subnets of nodes, pods and Lambda functions, one a zone."
  value       = module.vpc.private_subnets
}

output "application_ranges" {
  description = "IPv4 ranges of the application subnets, one a zone."
  value       = local.application_ranges
}

output "database_subnet_group_name" {
  description = "The group of the database subnets, one a zone."
  value       = module.vpc.database_subnet_group_name
}

output "nat_public_addresses" {
  description = "Addresses from which the application subnets reach the Internet."
  value       = module.vpc.nat_public_ips
}

output "nat_gateway_ids" {
  description = "NAT gateways by their zone; the first zone's only with `single_nat_gateway`. Dimension of their metrics."
  value       = zipmap(slice(var.zones, 0, var.single_nat_gateway ? 1 : length(var.zones)), module.vpc.natgw_ids)
}

output "pods_security_group_id" {
  description = "Group of pods whose node class names it, without a rule until the cluster is there; who lets them in, such as a database, names it too."
  value       = aws_security_group.pods.id
}
