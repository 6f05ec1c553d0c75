variable "name" {
  description = "Prefix of what is made, such as `hello-prod`; alarms whose names begin with it are reported on."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]){1,30}$", var.name)) && length(var.name) <= 32
    error_message = "name is ${jsonencode(var.name)}: set 2 to 32 lower-case letters, digits and single hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of the topics, such as `eu-west-1`; that of the provider, and of the alarms: an alarm rings only topics of its region."
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

variable "runbook_url" {
  description = "Address of the folder of runbooks, such as `https://github.com/example/hello/blob/main/docs/runbooks`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[^ ]+[^/ ]$", var.runbook_url))
    error_message = "runbook_url is ${jsonencode(var.runbook_url)}: set an address that begins with https:// and doesn't end with a slash."
  }
}

variable "subscriptions" {
  description = "Who hears of what, by name: `topics` of `critical`, `warning` and `reports`, `protocol` of `email`, `sms` and `https`, and where to. An address must be confirmed by its owner."
  type = map(object({
    topics   = set(string)
    protocol = string
    endpoint = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for each in values(var.subscriptions) : length(each.topics) > 0 && length(setsubtract(each.topics, ["critical", "warning", "reports"])) == 0])
    error_message = "subscriptions has topics ${jsonencode(distinct(flatten([for each in values(var.subscriptions) : each.topics])))}: give each one or more of critical, warning and reports."
  }

  validation {
    condition = alltrue([
      for each in values(var.subscriptions) :
      can(regex({ email = "^[^@ ]+@[^@ ]+$", sms = "^\\+[0-9]{7,15}$", https = "^https://[^ ]+$" }[each.protocol], each.endpoint))
    ])
    error_message = "subscriptions has ${jsonencode([for each in values(var.subscriptions) : "${each.protocol} ${each.endpoint}"])}: set protocol email with an address, sms with a number such as +441234567890, or https with an address that begins with https://."
  }
}

variable "troubleshooting" {
  description = "What a report looks at, all by name: in each of `regions` its cluster and its database cluster; the global database, the distribution, the deployment that serves in each cluster, and `log_queries` of CloudWatch Logs Insights, by title, which are asked in each region over the hour before the alarm (a day for an alarm with such a period)."
  type = object({
    regions = map(object({
      cluster_name                = optional(string)
      database_cluster_identifier = optional(string)
    }))
    global_database_identifier = optional(string)
    distribution_id            = optional(string)
    deployment                 = optional(object({ namespace = string, name = string }))
    log_queries                = optional(map(object({ log_group_name = string, query = string })), {})
  })
  nullable = false

  validation {
    condition     = length(var.troubleshooting.regions) > 0 && alltrue([for region in keys(var.troubleshooting.regions) : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "troubleshooting.regions has ${jsonencode(keys(var.troubleshooting.regions))}: name one or more regions by code, such as eu-west-1."
  }

  validation {
    condition     = length(jsonencode(var.troubleshooting)) <= 3500
    error_message = "troubleshooting takes ${length(jsonencode(var.troubleshooting))} bytes as JSON: shorten its queries to 3500 in all; AWS lets a function have 4 KB of environment."
  }
}

variable "log_retention_days" {
  description = "Days that the log of the troubleshooting function is kept."
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
