variable "name" {
  description = "Prefix of the key's alias, such as `hello-prod`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]){1,30}$", var.name))
    error_message = "name is ${jsonencode(var.name)}: set 2 to 32 lower-case letters, digits and single hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of the bucket, such as `eu-west-1`; that of the provider."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}: set the code of a region, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the bucket; named in its policy."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "bucket" {
  description = "Bucket of the states, as Terragrunt's configuration names it. That of its access log has `-log` after it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,57}[a-z0-9]$", var.bucket))
    error_message = "bucket is ${jsonencode(var.bucket)}: set 3 to 59 lower-case letters, digits and hyphens, which leave room for -log."
  }
}

variable "version_retention_days" {
  description = "Days that a version of a state is kept after a newer one came; the ten before the current one are kept however old."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.version_retention_days >= 30 && floor(var.version_retention_days) == var.version_retention_days
    error_message = "version_retention_days is ${var.version_retention_days}: set a whole number from 30."
  }
}

variable "log_retention_days" {
  description = "Days that the access log is kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.log_retention_days >= 1 && floor(var.log_retention_days) == var.log_retention_days
    error_message = "log_retention_days is ${var.log_retention_days}: set a whole number from 1."
  }
}
