variable "region" {
  description = "Region that uses the certificate, such as `eu-west-1`; `us-east-1` for CloudFront. That of the provider."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}: set the code of a region, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the certificate."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "domain" {
  description = "Name of the certificate, such as `hello.example.com`; a `*` may stand for its first label."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain))
    error_message = "domain is ${jsonencode(var.domain)}: set a name in lower case without a dot at its end, such as hello.example.com or *.example.com."
  }

  validation {
    condition     = length(var.domain) <= 64
    error_message = "domain has ${length(var.domain)} characters: set at most 64, which is all that a certificate's subject holds, and the longer one in alternative_names."
  }
}

variable "alternative_names" {
  description = "Further names, such as that of the region's origin. A change makes a new certificate before the old one goes."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.alternative_names : can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", name))])
    error_message = "alternative_names is ${jsonencode(var.alternative_names)}: set names in lower case without a dot at their end, such as origin.hello.example.com."
  }

  validation {
    condition     = length(var.alternative_names) <= 9
    error_message = "alternative_names has ${length(var.alternative_names)} entries: set at most 9. ACM allows 10 names a certificate, unless AWS has raised the quota."
  }

  validation {
    condition     = !contains(var.alternative_names, var.domain)
    error_message = "alternative_names names ${var.domain}, which domain does already: leave it out."
  }
}

variable "zone_id" {
  description = "Zone in which ACM finds that the names are ours."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.zone_id))
    error_message = "zone_id is ${jsonencode(var.zone_id)}: set the ID of a zone of Route 53, such as Z0123456789ABCDEFGHIJ."
  }
}
