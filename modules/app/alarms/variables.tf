variable "name" {
  description = "Prefix of the alarms and the dashboard, such as `hello-prod`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]){1,30}$", var.name)) && length(var.name) <= 32
    error_message = "name is ${jsonencode(var.name)}: set 2 to 32 lower-case letters, digits and single hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of the alarms, such as `eu-west-1`; that of the provider, of the topics and of what is watched. CloudFront and Route 53 are watched from `us-east-1`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}: set the code of a region, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the provider; one of another account is refused."
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

variable "topic_arns" {
  description = "Topics that the alarms ring: `critical` for what users feel, `warning` for what will break."
  type        = object({ critical = string, warning = string })
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.topic_arns) : startswith(arn, "arn:aws:sns:${var.region}:")])
    error_message = "topic_arns is ${jsonencode(var.topic_arns)}: set topics of ${var.region}; an alarm rings only those of its region."
  }
}

variable "role" {
  description = "What the region is now: `primary` serves, `active` serves beside it from a database that follows, of `secondary` no requests, pods or database instances are expected. Set it with that of the database."
  type        = string
  default     = "primary"
  nullable    = false

  validation {
    condition     = contains(["primary", "active", "secondary"], var.role)
    error_message = "role is ${jsonencode(var.role)}: set primary, active or secondary."
  }
}

variable "distribution" {
  description = "CloudFront distribution that users come through, with additional metrics on, or null; only in `us-east-1`."
  type        = object({ id = string })
  default     = null

  validation {
    condition     = var.distribution == null || var.region == "us-east-1"
    error_message = "distribution is ${jsonencode(var.distribution)} in ${var.region}: CloudFront's metrics are in us-east-1 only; set null here."
  }
}

variable "health_check" {
  description = "Route 53 health check of the origin of the `region` that serves, or null; only in `us-east-1`. A standby has none: it would fail for ever, and its failures count among those of users."
  type        = object({ id = string, region = string })
  default     = null

  validation {
    condition     = var.health_check == null || var.region == "us-east-1"
    error_message = "health_check is ${jsonencode(var.health_check)} in ${var.region}: Route 53's metrics are in us-east-1 only; set null here."
  }
}

variable "active_health_checks" {
  description = "Route 53 health checks of the origins of active regions, by region; only in `us-east-1`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.active_health_checks) == 0 || var.region == "us-east-1"
    error_message = "active_health_checks is ${jsonencode(var.active_health_checks)} in ${var.region}: Route 53's metrics are in us-east-1 only; set {} here."
  }
}

variable "availability_objective" {
  description = "Percentage of requests in 30 days that are to be answered without a 5xx. What is left is the error budget."
  type        = number
  default     = 99.9
  nullable    = false

  validation {
    condition     = 14.4 * (100 - var.availability_objective) < 100 && var.availability_objective < 100
    error_message = "availability_objective is ${var.availability_objective}: set a percentage from 93.06 to below 100, such as 99.9; with less, 14.4 times what may fail is more than all requests, and no alarm could go off."
  }
}

variable "latency_objective_milliseconds" {
  description = "Milliseconds in which 99 of 100 requests are to be answered by the origin."
  type        = number
  default     = 500
  nullable    = false

  validation {
    condition     = var.latency_objective_milliseconds >= 1
    error_message = "latency_objective_milliseconds is ${var.latency_objective_milliseconds}: set 1 or more."
  }
}

variable "minimum_requests" {
  description = "Requests in five minutes of which there are always as many, some 150 of Route 53's checkers among them where `health_check` is set; fewer ring. Null without a check, where nights are silent."
  type        = number
  default     = 1

  validation {
    condition     = var.minimum_requests == null || try(var.minimum_requests >= 1, false)
    error_message = "minimum_requests is ${jsonencode(var.minimum_requests)}: set 1 or more, or null."
  }
}

variable "database" {
  description = "Aurora cluster of the region, or null: `maximum_connections` is its parameter `max_connections`, `memory_bytes` the memory of an instance; `is_global` tells that it is one of a global database."
  type = object({
    cluster_identifier  = string
    maximum_connections = number
    memory_bytes        = number
    is_global           = bool
  })
  default = null

  validation {
    condition     = var.database == null || try(var.database.maximum_connections >= 1 && var.database.memory_bytes >= 1073741824, false)
    error_message = "database is ${jsonencode(var.database)}: set maximum_connections of 1 or more, and memory_bytes of 1073741824 (1 GiB) or more."
  }

  validation {
    condition     = var.database == null || try(var.role == "primary" || var.database.is_global, false)
    error_message = "role is ${var.role}, but database.is_global is false: only a cluster of a global database follows another."
  }
}

variable "deployment" {
  description = "Deployment that an autoscaler scales, or null: `maximum_pods` is the autoscaler's `maxReplicas`. Needs the add-on `amazon-cloudwatch-observability`."
  type = object({
    cluster_name = string
    namespace    = string
    name         = string
    maximum_pods = number
  })
  default = null

  validation {
    condition     = var.deployment == null || try(var.deployment.maximum_pods >= 2 && floor(var.deployment.maximum_pods) == var.deployment.maximum_pods, false)
    error_message = "deployment is ${jsonencode(var.deployment)}: set maximum_pods to a whole number of 2 or more."
  }
}

variable "nat_gateway_ids" {
  description = "NAT gateways of the network, by zone."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "certificate_arns" {
  description = "Certificates of ACM in this region, by name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.certificate_arns) : startswith(arn, "arn:aws:acm:${var.region}:")])
    error_message = "certificate_arns is ${jsonencode(var.certificate_arns)}: set certificates of ${var.region}; the others' metrics are in their regions."
  }
}

variable "signed_zone" {
  description = "Hosted zone that is signed (DNSSEC), or null; only in `us-east-1`."
  type        = object({ id = string })
  default     = null

  validation {
    condition     = var.signed_zone == null || var.region == "us-east-1"
    error_message = "signed_zone is ${jsonencode(var.signed_zone)} in ${var.region}: the metrics of zones are in us-east-1 only; set null here."
  }
}

variable "function_names" {
  description = "Lambda functions whose errors ring, by what they do, such as `rotation`."
  type        = map(string)
  default     = {}
  nullable    = false
}
