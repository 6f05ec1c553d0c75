data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_security_group" "load_balancer" {
  #checkov:skip=CKV2_AWS_5:The cluster attaches it to the load balancers that it makes.
  name        = "${var.name}-load-balancer"
  description = "Load balancers of the cluster ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-load-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  security_group_id = aws_security_group.load_balancer.id
  description       = "HTTPS from CloudFront"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  for_each = toset([for port in var.target_ports : tostring(port)])

  security_group_id            = aws_security_group.load_balancer.id
  description                  = "Port ${each.value} of pods"
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
  referenced_security_group_id = var.pods_security_group_id
}

resource "aws_vpc_security_group_ingress_rule" "pods_from_load_balancer" {
  for_each = toset([for port in var.target_ports : tostring(port)])

  security_group_id            = var.pods_security_group_id
  description                  = "Port ${each.value} from load balancers"
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
  referenced_security_group_id = aws_security_group.load_balancer.id
}

# Which of them may, NetworkPolicies say.
resource "aws_vpc_security_group_ingress_rule" "pods_from_pods" {
  security_group_id            = var.pods_security_group_id
  description                  = "Other pods of this group"
  ip_protocol                  = "-1"
  referenced_security_group_id = var.pods_security_group_id
}

resource "aws_vpc_security_group_ingress_rule" "pods_from_cluster" {
  #checkov:skip=CKV_AWS_24:From the cluster's own group, not from addresses.
  #checkov:skip=CKV_AWS_25:From the cluster's own group, not from addresses.
  #checkov:skip=CKV_AWS_260:From the cluster's own group, not from addresses.
  security_group_id            = var.pods_security_group_id
  description                  = "API server and nodes: webhooks, aggregated APIs, probes; pods of built-in node pools"
  ip_protocol                  = "tcp"
  from_port                    = 1
  to_port                      = 65535
  referenced_security_group_id = module.cluster.cluster_primary_security_group_id
}

resource "aws_vpc_security_group_egress_rule" "pods_to_network" {
  security_group_id = var.pods_security_group_id
  description       = "The network, as far as the receiver's group lets in"
  ip_protocol       = "-1"
  cidr_ipv4         = var.range
}

resource "aws_vpc_security_group_egress_rule" "pods_to_internet" {
  security_group_id = var.pods_security_group_id
  description       = "HTTPS: APIs of AWS, registries, Git"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "cluster_from_pods" {
  for_each = {
    api     = { protocol = "tcp", port = 443, description = "API server from pods" }
    dns_tcp = { protocol = "tcp", port = 53, description = "DNS from pods" }
    dns_udp = { protocol = "udp", port = 53, description = "DNS from pods" }
    kubelet = { protocol = "tcp", port = 10250, description = "Kubelets from pods: metrics, logs" }
  }

  security_group_id            = module.cluster.cluster_primary_security_group_id
  description                  = each.value.description
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = var.pods_security_group_id
}
