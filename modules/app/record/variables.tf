variable "name" {
  description = "Prefix of the names of the health checks, such as `hello-prod`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name is ${jsonencode(var.name)}: set 3 to 32 lower-case letters, digits and hyphens, a letter first, no hyphen last."
  }
}

variable "account_id" {
  description = "Account of the zone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "zone_id" {
  description = "Zone of the record."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.zone_id))
    error_message = "zone_id is ${jsonencode(var.zone_id)}: set the ID of a zone of Route 53, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "domain" {
  description = "Name of the application, such as `hello.example.com`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain))
    error_message = "domain is ${jsonencode(var.domain)}: set a name in lower case without a dot at its end, such as hello.example.com."
  }
}

variable "distribution_domain" {
  description = "Distribution that the name leads to, by its own name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+\\.cloudfront\\.net$", var.distribution_domain))
    error_message = "distribution_domain is ${jsonencode(var.distribution_domain)}: set the distribution's own name, such as d111111abcdef8.cloudfront.net."
  }
}

variable "distribution_zone_id" {
  description = "Zone of the distribution's own name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.distribution_zone_id))
    error_message = "distribution_zone_id is ${jsonencode(var.distribution_zone_id)}: set the distribution_zone_id of the module edge."
  }
}

variable "health_paths" {
  description = "Paths at `domain` that ask the origin of a region whether it serves, by region. Leave a standby out that serves nothing: it would never be healthy."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.health_paths) > 0 && alltrue([for path in values(var.health_paths) : can(regex("^/.{0,254}$", path))])
    error_message = "health_paths is ${jsonencode(var.health_paths)}: set at least one path by region, such as { eu-west-1 = \"/.origins/eu-west-1\" }."
  }
}
