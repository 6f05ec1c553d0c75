variable "name" {
  description = "Prefix of what is made, such as `hello-prod`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]){1,30}$", var.name)) && length(var.name) <= 32
    error_message = "name is ${jsonencode(var.name)}: set 2 to 32 lower-case letters, digits and single hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of the cluster, such as `eu-west-1`; that of the provider."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}: set the code of a region, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the provider; named in policies."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "cluster_name" {
  description = "EKS cluster that is observed."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", var.cluster_name))
    error_message = "cluster_name is ${jsonencode(var.cluster_name)}: set the name of a cluster, 1 to 100 letters, digits, hyphens and underscores."
  }
}

variable "addon_version" {
  description = "Version of the add-on `amazon-cloudwatch-observability`, at least 3.1.0, which brought EKS Pod Identity; `aws eks describe-addon-versions --addon-name amazon-cloudwatch-observability` lists those for a version of Kubernetes."
  type        = string
  default     = "v6.3.0-eksbuild.1"
  nullable    = false

  validation {
    condition     = can(regex("^v([4-9]|[1-9][0-9]|3\\.[1-9])[0-9.]*-eksbuild\\.[0-9]+$", var.addon_version))
    error_message = "addon_version is ${jsonencode(var.addon_version)}: set a version from v3.1.0-eksbuild.1 on."
  }
}

variable "nat_gateway_ids" {
  description = "NAT gateways of the network, by zone, for the dashboard."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the logs of containers and nodes are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: set a number that CloudWatch Logs knows, such as 30, 90 or 365."
  }
}

variable "deletion_days" {
  description = "Days in which a deleted key can be brought back, 7 to 30."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.deletion_days >= 7 && var.deletion_days <= 30 && floor(var.deletion_days) == var.deletion_days
    error_message = "deletion_days is ${var.deletion_days}: set a whole number from 7 to 30."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds every role made here, or null for none. Pipelines may make no role without theirs."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws:iam::[0-9]{12}:policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is ${jsonencode(var.permissions_boundary_arn)}: set the ARN of a policy, or null."
  }
}
