locals {
  slots = range(length(var.zones))

  # The address plan, a table in README.md.
  application_ranges = [for slot in local.slots : cidrsubnet(var.range, 3, slot)]
  public_ranges      = [for slot in local.slots : cidrsubnet(var.range, 6, 32 + slot)]
  database_ranges    = [for slot in local.slots : cidrsubnet(var.range, 8, 144 + slot)]

  flow_log_group = "/aws/vpc-flow-log/${var.name}"
}

module "vpc" {
  #checkov:skip=CKV2_AWS_11:The flow log is there; checkov does not follow its count.
  #checkov:skip=CKV2_AWS_19:The addresses are those of the NAT gateways.

  source  = "terraform-aws-modules/vpc/aws"
  version = "6.6.0"

  name = var.name
  cidr = var.range
  azs  = var.zones

  public_subnets   = local.public_ranges
  private_subnets  = local.application_ranges
  database_subnets = local.database_ranges

  private_subnet_suffix  = "application"
  database_subnet_suffix = "database"

  # What finds its subnets by tag: load balancers made by the cluster.
  public_subnet_tags  = { "kubernetes.io/role/elb" = "1" }
  private_subnet_tags = { "kubernetes.io/role/internal-elb" = "1" }

  enable_nat_gateway     = true
  single_nat_gateway     = var.single_nat_gateway
  one_nat_gateway_per_az = !var.single_nat_gateway

  # Own route tables, which get no route but the local one; without them the subnets would share those with NAT.
  create_database_subnet_route_table = true
  create_database_subnet_group       = true

  database_dedicated_network_acl = true
  database_inbound_acl_rules = [
    for slot in local.slots : {
      rule_number = 100 + slot
      rule_action = "allow"
      protocol    = "tcp"
      from_port   = 5432
      to_port     = 5432
      cidr_block  = local.application_ranges[slot]
    }
  ]
  # Network ACLs keep no state: answers to the ports that clients open.
  database_outbound_acl_rules = [
    for slot in local.slots : {
      rule_number = 100 + slot
      rule_action = "allow"
      protocol    = "tcp"
      from_port   = 1024
      to_port     = 65535
      cidr_block  = local.application_ranges[slot]
    }
  ]

  # Nothing may use the default security group: it has no rule.
  manage_default_security_group  = true
  default_security_group_ingress = []
  default_security_group_egress  = []

  enable_flow_log                                 = true
  create_flow_log_cloudwatch_log_group            = true
  flow_log_cloudwatch_log_group_name_prefix       = "/aws/vpc-flow-log/"
  flow_log_cloudwatch_log_group_name_suffix       = var.name
  flow_log_cloudwatch_log_group_retention_in_days = var.flow_log_retention_days
  flow_log_cloudwatch_log_group_kms_key_id        = module.key.key_arn
  create_flow_log_cloudwatch_iam_role             = true
  # Roles are global: the same network may stand in another region.
  vpc_flow_log_iam_role_name              = "${var.name}-${var.region}-flow-log"
  vpc_flow_log_iam_role_use_name_prefix   = false
  vpc_flow_log_iam_policy_name            = "${var.name}-${var.region}-flow-log"
  vpc_flow_log_iam_policy_use_name_prefix = false
  vpc_flow_log_permissions_boundary       = var.permissions_boundary_arn
  flow_log_cloudwatch_iam_role_conditions = [{
    test     = "StringEquals"
    variable = "aws:SourceAccount"
    values   = [var.account_id]
  }]
}

module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  description             = "Flow logs of ${var.name}"
  aliases                 = ["${var.name}-network"]
  deletion_window_in_days = var.key_deletion_days

  key_statements = [{
    sid        = "FlowLogs"
    actions    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    resources  = ["*"]
    principals = [{ type = "Service", identifiers = ["logs.${var.region}.amazonaws.com"] }]
    condition = [{
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:${local.flow_log_group}"]
    }]
  }]
}

module "endpoints" {
  #checkov:skip=CKV2_AWS_5:The endpoints carry it; checkov does not follow the list.

  source  = "terraform-aws-modules/vpc/aws//modules/vpc-endpoints"
  version = "6.6.0"

  # With the region named, the endpoints' names need no look-up.
  region     = var.region
  vpc_id     = module.vpc.vpc_id
  subnet_ids = module.vpc.private_subnets

  endpoints = merge(
    {
      s3 = {
        service_type     = "Gateway"
        service_endpoint = "com.amazonaws.${var.region}.s3"
        route_table_ids  = module.vpc.private_route_table_ids
        tags             = { Name = "${var.name}-s3" }
      }
    },
    {
      for service in var.interface_endpoints : service => {
        service_endpoint    = "com.amazonaws.${var.region}.${service}"
        private_dns_enabled = true
        tags                = { Name = "${var.name}-${replace(service, ".", "-")}" }
      }
    }
  )

  create_security_group      = length(var.interface_endpoints) > 0
  security_group_name        = "${var.name}-endpoints"
  security_group_description = "Interface endpoints of ${var.name}"
  security_group_tags        = { Name = "${var.name}-endpoints" }
  security_group_rules = {
    for slot in local.slots : var.zones[slot] => {
      description = "HTTPS from the application subnet of ${var.zones[slot]}"
      cidr_blocks = [local.application_ranges[slot]]
    }
  }
}

# Made here, so that the database, which lets it in, needs no cluster. Its rules are the cluster's.
resource "aws_security_group" "pods" {
  #checkov:skip=CKV2_AWS_5:The cluster attaches it to the network interfaces of pods.
  name        = "${var.name}-pods"
  description = "Pods of the cluster ${var.name} whose node class names this group"
  vpc_id      = module.vpc.vpc_id
  tags        = { Name = "${var.name}-pods" }
}
