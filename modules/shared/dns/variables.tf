variable "name" {
  description = "Prefix of the alias of the signing key, such as `hello-prod`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name is ${jsonencode(var.name)}: set 3 to 32 lower-case letters, digits and hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of the key that signs, by the provider; the zone itself is everywhere."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = var.region == "us-east-1"
    error_message = "region is ${jsonencode(var.region)}: set us-east-1, the only region in which AWS has keys for DNSSEC."
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

variable "domain" {
  description = "Domain of the zone, such as `hello.example.com`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain))
    error_message = "domain is ${jsonencode(var.domain)}: set a domain in lower case without a dot at its end, such as hello.example.com."
  }
}

variable "certificate_authorities" {
  description = "Who may issue certificates for the domain, as CAA records name them."
  type        = set(string)
  default     = ["amazon.com"]
  nullable    = false

  validation {
    condition     = length(var.certificate_authorities) > 0 && alltrue([for authority in var.certificate_authorities : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", authority))])
    error_message = "certificate_authorities is ${jsonencode(var.certificate_authorities)}: set at least one domain of an authority, such as amazon.com."
  }
}

variable "incident_email" {
  description = "Address that authorities report refused requests for certificates to (CAA `iodef`); null for none."
  type        = string
  default     = null

  validation {
    condition     = var.incident_email == null || can(regex("^[^@\\s\"]+@[^@\\s\"]+$", var.incident_email))
    error_message = "incident_email is ${jsonencode(var.incident_email)}: set an address such as security@example.com."
  }
}

variable "dnssec" {
  description = "Whether the zone is signed. Before it is switched off, the parent must have lost its DS record for as long as that is cached (docs/dns.md)."
  type        = bool
  default     = false
  nullable    = false
}

variable "key_deletion_days" {
  description = "Days between the deletion of the key and its end, 7 to 30; until then it can be brought back."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30 && floor(var.key_deletion_days) == var.key_deletion_days
    error_message = "key_deletion_days is ${var.key_deletion_days}: set a whole number from 7 to 30."
  }
}
