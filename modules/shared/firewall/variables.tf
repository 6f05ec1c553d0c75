variable "name" {
  description = "Name of the web ACL, such as `hello-prod`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name is ${jsonencode(var.name)}: set 3 to 32 lower-case letters, digits and hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of the web ACL; that of the provider. `us-east-1` for the scope `CLOUDFRONT`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}: set the code of a region, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the web ACL; named in the policies of its key and log group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "scope" {
  description = "What the web ACL stands before: `CLOUDFRONT`, or `REGIONAL` for load balancers behind it."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["CLOUDFRONT", "REGIONAL"], var.scope)
    error_message = "scope is ${jsonencode(var.scope)}: set CLOUDFRONT or REGIONAL."
  }

  validation {
    condition     = var.scope != "CLOUDFRONT" || var.region == "us-east-1"
    error_message = "scope is CLOUDFRONT, but region is ${var.region}: call the module with us-east-1 and a provider there; AWS keeps the web ACLs of CloudFront there."
  }
}

variable "count_only" {
  description = "Whether AWS's groups, the rate and the size of bodies are only counted and nothing is blocked for them, as in the first weeks. The origin check blocks all the same."
  type        = bool
  default     = false
  nullable    = false
}

variable "rate_limit" {
  description = "Requests from one address in five minutes at most, for the scope `CLOUDFRONT`; 10 to 2,000,000,000. Behind CloudFront every address is one of CloudFront's."
  type        = number
  default     = 2000
  nullable    = false

  validation {
    condition     = var.rate_limit >= 10 && var.rate_limit <= 2000000000 && floor(var.rate_limit) == var.rate_limit
    error_message = "rate_limit is ${var.rate_limit}: set a whole number from 10 to 2000000000."
  }
}

variable "origin_check_rule_group_arn" {
  description = "Rule group that blocks what did not come through our distribution, for the scope `REGIONAL`; null for none, and for `CLOUDFRONT`. The module edge has one for each region."
  type        = string
  default     = null

  validation {
    condition     = var.origin_check_rule_group_arn == null || can(regex("^arn:aws:wafv2:[a-z0-9-]+:[0-9]{12}:regional/rulegroup/", var.origin_check_rule_group_arn))
    error_message = "origin_check_rule_group_arn is ${jsonencode(var.origin_check_rule_group_arn)}: set the ARN of a regional rule group."
  }

  validation {
    condition     = var.origin_check_rule_group_arn == null || var.scope == "REGIONAL"
    error_message = "origin_check_rule_group_arn is set, but scope is CLOUDFRONT, where viewers have no such header: set null."
  }
}

variable "redacted_headers" {
  description = "Headers in lower case whose values are in no log and no sample."
  type        = set(string)
  default     = ["authorization", "cookie", "referer", "x-origin-check"]
  nullable    = false

  validation {
    condition     = alltrue([for header in var.redacted_headers : can(regex("^[a-z0-9-]+$", header))])
    error_message = "redacted_headers is ${jsonencode(var.redacted_headers)}: set names of headers in lower case, such as authorization."
  }

  validation {
    condition     = length(setsubtract(["authorization", "cookie", "referer", "x-origin-check"], var.redacted_headers)) == 0
    error_message = "redacted_headers is ${jsonencode(var.redacted_headers)}: keep authorization, cookie, referer and x-origin-check, which hold credentials or addresses of pages."
  }
}

variable "log_retention_days" {
  description = "Days that the log of blocked and counted requests is kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: set a number that CloudWatch Logs knows, such as 30, 90 or 365."
  }
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
