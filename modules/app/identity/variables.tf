variable "name" {
  description = "Prefix of the roles, such as `hello-prod`; the region follows it."
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
  description = "Account of cluster, secrets and zone; named in every policy."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "cluster_name" {
  description = "Cluster of the pods."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", var.cluster_name))
    error_message = "cluster_name is ${jsonencode(var.cluster_name)}: set 1 to 100 letters, digits, hyphens and underscores, a letter or digit first."
  }
}

variable "namespace" {
  description = "Namespace of the application's pods."
  type        = string
  default     = "hello"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace is ${jsonencode(var.namespace)}: set the name of a namespace of Kubernetes, 1 to 63 lower-case letters, digits and hyphens."
  }
}

variable "service_accounts" {
  description = "Service account of the serving pods and that of the migration job, which differ, or the one could change what the other may."
  type        = object({ application = string, migration = string })
  default     = { application = "hello", migration = "hello-migration" }
  nullable    = false

  validation {
    condition     = alltrue([for account in values(var.service_accounts) : can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", account))])
    error_message = "service_accounts is ${jsonencode(var.service_accounts)}: set names of Kubernetes, of lower-case letters, digits, hyphens and dots."
  }

  validation {
    condition     = var.service_accounts.application != var.service_accounts.migration
    error_message = "service_accounts names ${var.service_accounts.application} twice: give the migration a service account of its own."
  }
}

variable "secret_names" {
  description = "Names of the secret of the serving pods and of that of the migration job: `secret_names` of the module database."
  type        = object({ application = string, migration = string })
  nullable    = false

  validation {
    condition     = alltrue([for name in values(var.secret_names) : can(regex("^[A-Za-z0-9/_+=.@-]{1,256}$", name))])
    error_message = "secret_names is ${jsonencode(var.secret_names)}: set names of secrets, without ARN and wildcards."
  }

  validation {
    condition     = var.secret_names.application != var.secret_names.migration
    error_message = "secret_names names ${var.secret_names.application} twice: the migration has a secret of its own."
  }
}

variable "secrets_key_alias" {
  description = "Alias of the key of the secrets, the same in every region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^alias/[A-Za-z0-9/_-]{1,250}$", var.secrets_key_alias))
    error_message = "secrets_key_alias is ${jsonencode(var.secrets_key_alias)}: set an alias such as alias/hello-prod-secrets."
  }
}

variable "external_dns" {
  description = "Namespace and service account of External DNS in this cluster, the zone, and the names that it keeps there and no others; null where it doesn't run."
  type = object({
    namespace       = optional(string, "external-dns")
    service_account = optional(string, "external-dns")
    zone_id         = string
    record_names    = set(string)
  })
  default = null

  validation {
    condition     = var.external_dns == null || can(regex("^Z[A-Z0-9]+$", var.external_dns.zone_id))
    error_message = "external_dns.zone_id is ${jsonencode(try(var.external_dns.zone_id, null))}: set the ID of a zone of Route 53, such as Z0123456789ABCDEFGHIJ."
  }

  validation {
    condition = var.external_dns == null || try(length(var.external_dns.record_names) > 0 && alltrue([
      for name in var.external_dns.record_names : can(regex("^([a-z0-9]([a-z0-9-]{0,55}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", name))
    ]), false)
    error_message = "external_dns.record_names is ${jsonencode(try(var.external_dns.record_names, null))}: set at least one name in lower case without wildcard and dot at its end, labels of at most 57 characters, such as eu-west-1.origin.example.com."
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
