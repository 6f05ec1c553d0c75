variable "name" {
  description = "Name of the distribution and prefix of what belongs to it, such as `hello-prod`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name is ${jsonencode(var.name)}: set 3 to 32 lower-case letters, digits and hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of what CloudFront keeps in one, by the provider."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = var.region == "us-east-1"
    error_message = "region is ${jsonencode(var.region)}: set us-east-1, the only region in which AWS has what belongs to CloudFront: log deliveries, metrics, certificates."
  }
}

variable "account_id" {
  description = "Account of the distribution; named in the policies of its key, functions and roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "domains" {
  description = "Names that viewers use, such as `hello.example.com`; the certificate covers each."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.domains) > 0 && alltrue([for domain in var.domains : can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", domain))])
    error_message = "domains is ${jsonencode(var.domains)}: set at least one name in lower case without a dot at its end, such as hello.example.com."
  }
}

variable "certificate_arn" {
  description = "Certificate of us-east-1 for `domains`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:acm:us-east-1:[0-9]{12}:certificate/", var.certificate_arn))
    error_message = "certificate_arn is ${jsonencode(var.certificate_arn)}: set the ARN of a certificate of us-east-1; CloudFront takes no other."
  }
}

variable "web_acl_arn" {
  description = "Web ACL of the scope `CLOUDFRONT`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:wafv2:us-east-1:[0-9]{12}:global/webacl/", var.web_acl_arn))
    error_message = "web_acl_arn is ${jsonencode(var.web_acl_arn)}: set the ARN of a web ACL of the scope CLOUDFRONT."
  }
}

variable "origins" {
  description = "Hostname of the load balancer of each region, by region. Its certificate covers that name or those of `domains`."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for region in keys(var.origins) : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "origins is ${jsonencode(var.origins)}: set hostnames by region, such as { eu-west-1 = \"eu-west-1.origin.example.com\" }."
  }

  validation {
    condition     = alltrue([for hostname in values(var.origins) : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", hostname))])
    error_message = "origins is ${jsonencode(var.origins)}: set hostnames in lower case without a dot at their end, such as eu-west-1.origin.example.com."
  }

  validation {
    condition     = length(distinct(values(var.origins))) == length(var.origins)
    error_message = "origins names a hostname twice: give each region its own."
  }

  validation {
    condition     = length(setintersection(values(var.origins), var.domains)) == 0
    error_message = "origins names one of domains, ${jsonencode(var.domains)}, which leads to the distribution itself: set the load balancers' own names."
  }
}

variable "serving_region" {
  description = "Region whose origin serves, one of `origins`. A failover changes this, and takes what is lost out of `active_regions`."
  type        = string
  nullable    = false

  validation {
    condition     = contains(keys(var.origins), var.serving_region)
    error_message = "serving_region is ${jsonencode(var.serving_region)}: set one of the regions of origins, ${jsonencode(keys(var.origins))}."
  }
}

variable "active_regions" {
  description = "Regions of `origins` that serve beside `serving_region`. With any, each viewer is served by the nearest of all these, and by the next nearest where that is down and the request may be repeated."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.active_regions, keys(var.origins))) == 0
    error_message = "active_regions is ${jsonencode(var.active_regions)}: set regions of origins, ${jsonencode(keys(var.origins))}."
  }

  validation {
    condition     = !contains(var.active_regions, var.serving_region)
    error_message = "active_regions names serving_region, ${jsonencode(var.serving_region)}, which serves anyway: leave it out."
  }
}

variable "health_path" {
  description = "Path at the origin that answers 200 when it serves; asked by the path `/.origins/REGION` of the distribution."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^/[A-Za-z0-9/._-]*$", var.health_path))
    error_message = "health_path is ${jsonencode(var.health_path)}: set a path of letters, digits and /._-, such as /health."
  }
}

variable "price_class" {
  description = "Which of CloudFront's locations serve: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`."
  type        = string
  default     = "PriceClass_All"
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class is ${jsonencode(var.price_class)}: set PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "unavailable" {
  description = "What is answered with 503 while the origin is down: a JSON text, and the seconds of its `Retry-After`, 1 to 3600."
  type        = object({ body = string, retry_after_seconds = number })
  default     = { body = "{\"detail\":\"Service Unavailable\"}", retry_after_seconds = 10 }
  nullable    = false

  validation {
    condition     = can(jsondecode(var.unavailable.body))
    error_message = "unavailable.body is ${var.unavailable.body}: set JSON."
  }

  validation {
    condition     = var.unavailable.retry_after_seconds >= 1 && var.unavailable.retry_after_seconds <= 3600 && floor(var.unavailable.retry_after_seconds) == var.unavailable.retry_after_seconds
    error_message = "unavailable.retry_after_seconds is ${var.unavailable.retry_after_seconds}: set a whole number from 1 to 3600."
  }
}

variable "rotation_days" {
  description = "Days between two rotations of the origin check, 1 to 90."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 90 && floor(var.rotation_days) == var.rotation_days
    error_message = "rotation_days is ${var.rotation_days}: set a whole number from 1 to 90."
  }
}

variable "log_retention_days" {
  description = "Days that the logs of the distribution and of its functions are kept."
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

variable "permissions_boundary_arn" {
  description = "Policy that bounds every role made here, or null for none. Pipelines may make no role without theirs."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws:iam::[0-9]{12}:policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is ${jsonencode(var.permissions_boundary_arn)}: set the ARN of a policy, or null."
  }
}
