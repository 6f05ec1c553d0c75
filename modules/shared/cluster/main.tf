locals {
  log_group = "/aws/eks/${var.name}/cluster"
}

module "cluster" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = var.name
  kubernetes_version = var.kubernetes_version
  upgrade_policy     = { support_type = var.support_type }

  vpc_id     = var.vpc_id
  subnet_ids = var.application_subnet_ids

  compute_config = {
    enabled       = true
    node_pools    = var.node_pools
    node_role_arn = aws_iam_role.node.arn
  }

  endpoint_private_access      = true
  endpoint_public_access       = length(var.endpoint_public_ranges) > 0
  endpoint_public_access_cidrs = length(var.endpoint_public_ranges) > 0 ? var.endpoint_public_ranges : null

  # Entries are the only way in, and who makes the cluster gets none: another who plans would replace it.
  authentication_mode                      = "API"
  enable_cluster_creator_admin_permissions = false
  access_entries = {
    for name, entry in var.access_entries : name => {
      principal_arn = entry.principal_arn
      policy_associations = {
        policy = {
          policy_arn = "arn:aws:eks::aws:cluster-access-policy/${entry.policy}"
          access_scope = length(entry.namespaces) > 0 ? {
            type       = "namespace"
            namespaces = entry.namespaces
            } : {
            type       = "cluster"
            namespaces = null
          }
        }
      }
    }
  }

  encryption_config = {
    provider_key_arn = module.key.key_arn
    resources        = ["secrets"]
  }
  create_kms_key = false

  enabled_log_types                      = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  cloudwatch_log_group_retention_in_days = var.log_retention_days
  cloudwatch_log_group_kms_key_id        = module.key.key_arn

  deletion_protection = var.deletion_protection

  # Roles with conditions, which the module's have not: roles.tf.
  create_iam_role      = false
  iam_role_arn         = aws_iam_role.cluster.arn
  create_node_iam_role = false

  # What Auto Mode has no use for: groups beside the one that EKS makes, roles by OpenID Connect, a wait for node groups.
  create_security_group      = false
  create_node_security_group = false
  enable_irsa                = false
  dataplane_wait_duration    = "0s"

  # Without its policies the role could not delete nodes and load balancers.
  depends_on = [aws_iam_role_policy_attachment.cluster]
}
