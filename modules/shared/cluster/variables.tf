variable "name" {
  description = "Name of the cluster and prefix of what belongs to it, such as `hello-prod`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name is ${jsonencode(var.name)}: set 3 to 32 lower-case letters, digits and hyphens, a letter first, no hyphen last."
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
  description = "Account of the cluster; named in the policies of its keys and roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "vpc_id" {
  description = "Network of the cluster."
  type        = string
  nullable    = false
}

variable "range" {
  description = "IPv4 range of the network: where pods may connect to beside HTTPS anywhere; what they reach there, each receiver's security group says."
  type        = string
  nullable    = false

  validation {
    condition     = try(cidrsubnet(var.range, 0, 0) == var.range, false)
    error_message = "range is ${jsonencode(var.range)}: set an IPv4 range by its first address, such as 10.16.0.0/16."
  }
}

variable "pods_security_group_id" {
  description = "Group of pods whose node class names it, made with the network; it gets its rules here."
  type        = string
  nullable    = false
}

variable "application_subnet_ids" {
  description = "Private subnets of the nodes, the pods and the API's network interfaces, one a zone, of at least three. Which they are can be changed; the network can't."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.application_subnet_ids) >= 3
    error_message = "application_subnet_ids has ${length(var.application_subnet_ids)} entries: set the subnets of at least three zones."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes version, such as `1.34`. It goes up one minor version at a time, never down; Auto Mode's nodes follow by themselves."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version)) && try(tonumber(split(".", var.kubernetes_version)[1]) >= 31, false)
    error_message = "kubernetes_version is ${jsonencode(var.kubernetes_version)}: set a minor version from 1.31 as a string, such as \"1.34\"."
  }
}

variable "support_type" {
  description = "What happens at the end of a version's standard support: with `STANDARD` AWS upgrades the cluster, with `EXTENDED` it stays for another year and costs six times as much."
  type        = string
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["STANDARD", "EXTENDED"], var.support_type)
    error_message = "support_type is ${jsonencode(var.support_type)}: set STANDARD or EXTENDED."
  }
}

variable "node_pools" {
  description = "Built-in node pools: `system`, for what the cluster itself needs, and `general-purpose`. The pools of applications, with the node class of this module's groups and key, are the cluster's own objects (see README.md)."
  type        = set(string)
  default     = ["system"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.node_pools, ["system", "general-purpose"])) == 0
    error_message = "node_pools is ${jsonencode(var.node_pools)}: set system, general-purpose or both."
  }

  validation {
    condition     = contains(var.node_pools, "system")
    error_message = "node_pools is ${jsonencode(var.node_pools)}, without system: what starts first would have no node, and nodes no access entry; add it."
  }
}

variable "endpoint_public_ranges" {
  description = "IPv4 ranges, such as that of an office, from which the API's endpoint is reached over the Internet; with none only from inside the network."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.endpoint_public_ranges : try(cidrsubnet(range, 0, 0) == range, false)])
    error_message = "endpoint_public_ranges is ${jsonencode(var.endpoint_public_ranges)}: set IPv4 ranges by their first address, such as 198.51.100.0/24."
  }

  validation {
    condition     = alltrue([for range in var.endpoint_public_ranges : try(tonumber(split("/", range)[1]) >= 16, true)])
    error_message = "endpoint_public_ranges is ${jsonencode(var.endpoint_public_ranges)}: set ranges of /16 or narrower, those that you know the owner of."
  }

  validation {
    condition     = length(var.endpoint_public_ranges) <= 40
    error_message = "endpoint_public_ranges has ${length(var.endpoint_public_ranges)} entries: AWS takes 40 at most."
  }
}

variable "access_entries" {
  description = "Who may use the Kubernetes API, by a name of your choice: an IAM role or user, EKS's access policy such as `AmazonEKSClusterAdminPolicy` or `AmazonEKSViewPolicy`, and the namespaces that it is limited to (empty: the whole cluster). Nobody else may, not even who made the cluster, so one has to be `AmazonEKSClusterAdminPolicy` for the whole cluster."
  type = map(object({
    principal_arn = string
    policy        = string
    namespaces    = optional(list(string), [])
  }))
  nullable = false

  validation {
    condition     = anytrue([for entry in values(var.access_entries) : entry.policy == "AmazonEKSClusterAdminPolicy" && length(entry.namespaces) == 0])
    error_message = "access_entries has no AmazonEKSClusterAdminPolicy for the whole cluster: give it to whoever applies what runs in it, or nobody could."
  }

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : can(regex("^arn:aws:iam::[0-9]{12}:(role|user)/.+$", entry.principal_arn))])
    error_message = "access_entries names ${jsonencode(values(var.access_entries)[*].principal_arn)}: set ARNs of IAM roles or users; of an assumed role, that of the role."
  }

  validation {
    condition     = length(distinct(values(var.access_entries)[*].principal_arn)) == length(var.access_entries)
    error_message = "access_entries names a principal twice: a cluster has one entry for each."
  }

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : can(regex("^AmazonEKS[A-Za-z]+Policy$", entry.policy))])
    error_message = "access_entries has the policies ${jsonencode(values(var.access_entries)[*].policy)}: set names of EKS's access policies, such as AmazonEKSViewPolicy."
  }
}

variable "target_ports" {
  description = "Ports of pods that load balancers may connect to: those that receive traffic and those that answer their health checks."
  type        = set(number)
  default     = [80]
  nullable    = false

  validation {
    condition     = length(var.target_ports) > 0 && alltrue([for port in var.target_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "target_ports is ${jsonencode(var.target_ports)}: set one or more whole numbers from 1 to 65535."
  }
}

variable "log_retention_days" {
  description = "Days that the control plane's logs are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: set a number that CloudWatch Logs knows, such as 30, 90 or 365."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster. Before it is destroyed, apply `false`."
  type        = bool
  default     = true
  nullable    = false
}

variable "key_deletion_days" {
  description = "Days between the deletion of the keys and their end, 7 to 30; until then they can be brought back."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30 && floor(var.key_deletion_days) == var.key_deletion_days
    error_message = "key_deletion_days is ${var.key_deletion_days}: set a whole number from 7 to 30."
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
