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
  description = "What the region is now: `primary` serves, of `secondary` no requests, pods or database instances are expected. Set it with that of the database."
  type        = string
  default     = "primary"
  nullable    = false

  validation {
    condition     = contains(["primary", "secondary"], var.role)
    error_message = "role is ${jsonencode(var.role)}: set primary or secondary."
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

variable "health_check_ids" {
  description = "Route 53 health checks of the regions' origins, by region; only in `us-east-1`. That of `serving_region` rings, the others are on the dashboard."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.health_check_ids) == 0 || var.region == "us-east-1"
    error_message = "health_check_ids has ${jsonencode(keys(var.health_check_ids))} in ${var.region}: Route 53's metrics are in us-east-1 only; set {} here."
  }
}

variable "serving_region" {
  description = "Region that the distribution sends requests to; a key of `health_check_ids`, or null without any."
  type        = string
  default     = null

  validation {
    condition     = var.serving_region == null ? length(var.health_check_ids) == 0 : contains(keys(var.health_check_ids), var.serving_region)
    error_message = "serving_region is ${jsonencode(var.serving_region)}: set one of ${jsonencode(keys(var.health_check_ids))}, those of health_check_ids, or null if there are none."
  }
}

variable "availability_objective" {
  description = "Percentage of requests in 30 days that are to be answered without a 5xx. What is left is the error budget."
  type        = number
  default     = 99.9
  nullable    = false

  validation {
    condition     = var.availability_objective >= 90 && var.availability_objective < 100
    error_message = "availability_objective is ${var.availability_objective}: set a percentage from 90 to below 100, such as 99.9."
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
  description = "Requests in five minutes of which there are always more; fewer ring. Route 53's checks count where they come through CloudFront. Null where nights are silent."
  type        = number
  default     = null

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
    error_message = "role is secondary, but database.is_global is false: only a cluster of a global database follows another."
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

variable "function_names" {
  description = "Lambda functions whose errors ring, by what they do, such as `rotation`."
  type        = map(string)
  default     = {}
  nullable    = false
}
