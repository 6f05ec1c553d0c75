variable "name" {
  description = "Name of the network and prefix of what is in it, such as `hello-prod`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name is ${jsonencode(var.name)}: set 3 to 32 lower-case letters, digits and hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of the network, such as `eu-west-1`; that of the provider."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}: set the code of a region, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the network; named in the policies of its key and of its flow log role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "zones" {
  description = "Availability zones, each with a public, an application and a database subnet. Adding one at the end changes no address of the others; removing or swapping one replaces subnets."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 4
    error_message = "zones has ${length(var.zones)} entries: set 2 to 4. Aurora and load balancers need two, the address plan has room for four."
  }

  validation {
    condition     = length(distinct(var.zones)) == length(var.zones)
    error_message = "zones names a zone twice: name each once."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^${var.region}[a-z]$", zone))])
    error_message = "zones is ${jsonencode(var.zones)}: set zones of ${var.region}, such as ${var.region}a."
  }
}

variable "range" {
  description = "IPv4 range of the network, /16 to /20, from which every subnet's is computed (see the address plan)."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.range)) && try(cidrsubnet(var.range, 0, 0) == var.range, false)
    error_message = "range is ${jsonencode(var.range)}: set an IPv4 range by its first address, such as 10.16.0.0/16."
  }

  validation {
    condition     = try(tonumber(split("/", var.range)[1]) >= 16 && tonumber(split("/", var.range)[1]) <= 20, false)
    error_message = "range is ${jsonencode(var.range)}: set a /16 to /20. AWS allows no larger one, and a smaller one leaves load balancers too few addresses."
  }

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.range)) && !can(regex("^172\\.17\\.", var.range))
    error_message = "range is ${jsonencode(var.range)}: set a private range (RFC 1918) other than 172.17.0.0/16, which AWS services use themselves."
  }
}

# Used by its validation only.
# tflint-ignore: terraform_unused_declarations
variable "other_ranges" {
  description = "IPv4 ranges of the other networks of the organisation by name, such as those of the other regions; none may overlap with this one."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for range in values(var.other_ranges) : can(cidrnetmask(range)) && try(cidrsubnet(range, 0, 0) == range, false)])
    error_message = "other_ranges is ${jsonencode(var.other_ranges)}: set IPv4 ranges by their first addresses, such as 10.32.0.0/16."
  }

  validation {
    # Two ranges overlap if and only if they are the same when both are cut to the shorter prefix.
    condition = alltrue([
      for other in values(var.other_ranges) : try(
        cidrsubnet("${split("/", other)[0]}/${min(split("/", other)[1], split("/", var.range)[1])}", 0, 0) !=
        cidrsubnet("${split("/", var.range)[0]}/${min(split("/", other)[1], split("/", var.range)[1])}", 0, 0),
      true)
    ])
    error_message = "range ${var.range} overlaps with one of other_ranges, ${jsonencode(var.other_ranges)}: give each network a range of its own."
  }
}

variable "single_nat_gateway" {
  description = "Whether all zones leave through one NAT gateway: a third of the cost, but the loss of its zone cuts off all. Otherwise each zone has its own."
  type        = bool
  default     = false
  nullable    = false
}

variable "interface_endpoints" {
  description = "AWS services that are reached inside the network, by the last part of their endpoint's name, such as `secretsmanager` or `ecr.api`; each costs by the hour and zone. The others are reached through NAT."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setintersection(var.interface_endpoints, ["s3", "dynamodb"])) == 0
    error_message = "interface_endpoints is ${jsonencode(var.interface_endpoints)}: leave s3 out, it has a gateway endpoint that is always there and costs nothing; leave dynamodb out, nothing here uses it and its endpoint is a gateway too."
  }

  validation {
    # https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
    condition = length(setsubtract(var.interface_endpoints, [
      "autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "events", "kms",
      "lambda", "logs", "monitoring", "rds", "s3", "dynamodb", "secretsmanager", "sns", "sqs", "ssm", "ssmmessages", "sts",
      "wafv2", "xray",
    ])) == 0
    error_message = "interface_endpoints is ${jsonencode(var.interface_endpoints)}: set names of services that this network's clients use, such as ecr.api, without com.amazonaws.REGION; the list is in the module's variables.tf."
  }
}

variable "flow_log_retention_days" {
  description = "Days that flow logs are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_retention_days)
    error_message = "flow_log_retention_days is ${var.flow_log_retention_days}: set a number that CloudWatch Logs knows, such as 30, 90 or 365."
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
