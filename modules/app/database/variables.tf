variable "name" {
  description = "Name of the cluster and prefix of what belongs to it, such as `hello-prod`; the same in every region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]){1,30}$", var.name)) && length(var.name) <= 32
    error_message = "name is ${jsonencode(var.name)}: set 2 to 32 lower-case letters, digits and single hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of the cluster, such as `eu-west-1`; that of the provider."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}: set the code of a region, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the cluster; named in the policies of its keys and roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "origin" {
  description = "How this cluster was made: `primary`, with users and data of its own, or `secondary`, as a copy of `primary_region`. A fact of the past: no failover changes it."
  type        = string
  default     = "primary"
  nullable    = false

  validation {
    condition     = contains(["primary", "secondary"], var.origin)
    error_message = "origin is ${jsonencode(var.origin)}: set primary or secondary."
  }

  validation {
    condition     = var.origin == "primary" || var.global_cluster_identifier != null
    error_message = "origin is secondary, but global_cluster_identifier is null: name the global database that this cluster is a copy in."
  }
}

variable "role" {
  description = "What the cluster is now: `primary` takes writes and rotates its secrets, `secondary` follows. Set it after AWS has failed over, never to make it fail over."
  type        = string
  default     = "primary"
  nullable    = false

  validation {
    condition     = contains(["primary", "secondary"], var.role)
    error_message = "role is ${jsonencode(var.role)}: set primary or secondary."
  }

  validation {
    condition     = var.role == "primary" || var.global_cluster_identifier != null
    error_message = "role is secondary, but global_cluster_identifier is null: a cluster on its own is primary."
  }
}

variable "global_cluster_identifier" {
  description = "Aurora global database of the cluster, or null for none. The cluster whose `origin` is `primary` makes it."
  type        = string
  default     = null

  validation {
    condition     = var.global_cluster_identifier == null || can(regex("^[a-z](-?[a-z0-9]){0,62}$", var.global_cluster_identifier))
    error_message = "global_cluster_identifier is ${jsonencode(var.global_cluster_identifier)}: set 1 to 63 lower-case letters, digits and single hyphens, a letter first, or null."
  }
}

variable "primary_region" {
  description = "Region that a cluster of origin `secondary` was copied from; null for origin `primary`."
  type        = string
  default     = null

  validation {
    condition     = (var.origin == "secondary") == (var.primary_region != null)
    error_message = "origin is ${var.origin} and primary_region is ${jsonencode(var.primary_region)}: set primary_region for origin secondary, and only there."
  }

  validation {
    condition     = var.primary_region != var.region
    error_message = "primary_region is the region of this cluster, ${var.region}: set the region that it was copied from."
  }
}

variable "replica_regions" {
  description = "Regions that the secrets are copied to, for origin `primary`; each gets a key of its own."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.replica_regions) == 0 || var.origin == "primary"
    error_message = "replica_regions is ${jsonencode(var.replica_regions)}, but origin is secondary: only the cluster that made the secrets copies them; set []."
  }

  validation {
    condition     = !contains(var.replica_regions, var.region)
    error_message = "replica_regions names ${var.region}, where the secrets are already: name other regions."
  }
}

variable "vpc_id" {
  description = "Network of the cluster."
  type        = string
  nullable    = false
}

variable "database_subnet_group_name" {
  description = "Subnet group of the instances."
  type        = string
  nullable    = false
}

variable "application_subnet_ids" {
  description = "Subnets of the rotation function; they must reach Secrets Manager, by NAT or an interface endpoint."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.application_subnet_ids) >= 2
    error_message = "application_subnet_ids has ${length(var.application_subnet_ids)} entries: set the subnets of at least two zones."
  }
}

variable "client_security_groups" {
  description = "Security groups whose members may connect, by name: those that the application's pods really carry (see README.md)."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "zones" {
  description = "Availability zones of the network, each with a database and an application subnet."
  type        = list(string)
  nullable    = false
}

variable "instance_zones" {
  description = "Availability zones with an instance, one each. Empty for a standby: it then has storage only."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.instance_zones) > 0 || var.role == "secondary"
    error_message = "instance_zones is empty, but role is primary: name the zones, such as ${var.region}a; without an instance nothing can be read or written."
  }

  validation {
    condition     = length(distinct(var.instance_zones)) == length(var.instance_zones)
    error_message = "instance_zones names a zone twice: name each once."
  }

  validation {
    condition     = alltrue([for zone in var.instance_zones : can(regex("^${var.region}[a-z]$", zone))])
    error_message = "instance_zones is ${jsonencode(var.instance_zones)}: set zones of ${var.region}, such as ${var.region}a."
  }

  validation {
    condition     = length(setsubtract(var.instance_zones, var.zones)) == 0
    error_message = "instance_zones is ${jsonencode(var.instance_zones)}, but the network has ${jsonencode(var.zones)}: name zones of the network."
  }
}

variable "write_forwarding" {
  description = "Whether the instances of a secondary take writes and forward them to the region that writes, for an active region. A connection sees its own writes, others see them when they are copied."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.write_forwarding || var.role == "secondary"
    error_message = "write_forwarding is true, but role is primary: set false; it is the one that writes are forwarded to."
  }

  validation {
    condition     = !var.write_forwarding || length(var.instance_zones) > 0
    error_message = "write_forwarding is true, but instance_zones is empty: name a zone, such as ${var.region}a; storage alone forwards nothing."
  }
}

variable "instance_class" {
  description = "Class of the instances, such as `db.r8g.large`, or `db.serverless` with `serverless_capacity`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db\\.(serverless|[a-z][0-9][a-z]*\\.(medium|large|xlarge|(2|4|8|12|16|24|32|48)xlarge))$", var.instance_class))
    error_message = "instance_class is ${jsonencode(var.instance_class)}: set a class such as db.r8g.large or db.r8g.2xlarge, or db.serverless."
  }

  validation {
    condition     = var.global_cluster_identifier == null || can(regex("^db\\.(serverless|r[5-9]|x2)", var.instance_class))
    error_message = "instance_class is ${jsonencode(var.instance_class)}: a global database needs a class for memory, such as db.r8g.large, or db.serverless."
  }
}

variable "serverless_capacity" {
  description = "Least and most Aurora capacity units of an instance of class `db.serverless`, in steps of 0.5; null for other classes."
  type        = object({ minimum = number, maximum = number })
  default     = null

  validation {
    condition     = (var.instance_class == "db.serverless") == (var.serverless_capacity != null)
    error_message = "instance_class is ${var.instance_class} and serverless_capacity is ${jsonencode(var.serverless_capacity)}: set the capacity for db.serverless, and only there."
  }

  validation {
    condition = var.serverless_capacity == null || try(
      var.serverless_capacity.minimum >= 0.5 && var.serverless_capacity.maximum >= 1 && var.serverless_capacity.maximum <= 256 &&
      var.serverless_capacity.minimum <= var.serverless_capacity.maximum &&
      alltrue([for units in values(var.serverless_capacity) : floor(units * 2) == units * 2]),
    false)
    error_message = "serverless_capacity is ${jsonencode(var.serverless_capacity)}: set a minimum of at least 0.5 and a maximum of 1 to 256, in steps of 0.5."
  }
}

variable "engine_version" {
  description = "Version of Aurora PostgreSQL, such as `17.7`. How to change it: README.md."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(16|17|18)\\.[0-9]+$", var.engine_version))
    error_message = "engine_version is ${jsonencode(var.engine_version)}: set major and minor version, 16 to 18, such as 17.7."
  }
}

variable "database_name" {
  description = "Database that is made with the cluster."
  type        = string
  default     = "hello"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database_name))
    error_message = "database_name is ${jsonencode(var.database_name)}: set 1 to 63 lower-case letters, digits and underscores, a letter first."
  }
}

variable "backup_retention_days" {
  description = "Days that the cluster can be restored to any second of."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "backup_retention_days is ${var.backup_retention_days}: set a whole number from 1 to 35."
  }
}

variable "backup_window" {
  description = "Half an hour or more, in UTC, in which the daily backup is made."
  type        = string
  default     = "02:00-03:00"
  nullable    = false

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window))
    error_message = "backup_window is ${jsonencode(var.backup_window)}: set two times, such as 02:00-03:00."
  }
}

variable "maintenance_window" {
  description = "Half an hour or more a week, in UTC, in which AWS may restart instances and changes wait to be applied."
  type        = string
  default     = "tue:03:30-tue:04:30"
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window))
    error_message = "maintenance_window is ${jsonencode(var.maintenance_window)}: set two days and times, such as tue:03:30-tue:04:30."
  }

  validation {
    # In minutes of the day: begin and length of both. Neither may begin within the other.
    condition = try(alltrue([
      for window in [{
        backup      = [for time in split("-", var.backup_window) : split(":", time)[0] * 60 + split(":", time)[1]]
        maintenance = [for time in split("-", var.maintenance_window) : split(":", time)[1] * 60 + split(":", time)[2]]
      }] :
      (window.maintenance[0] - window.backup[0] + 1440) % 1440 >= (window.backup[1] - window.backup[0] + 1440) % 1440 &&
      (window.backup[0] - window.maintenance[0] + 1440) % 1440 >= (window.maintenance[1] - window.maintenance[0] + 1440) % 1440
    ]), true)
    error_message = "backup_window ${var.backup_window} and maintenance_window ${var.maintenance_window} overlap: set windows that don't, of at most a day."
  }

  validation {
    condition = try(alltrue([
      for times in [split("-", var.backup_window), [for end in split("-", var.maintenance_window) : substr(end, 4, 5)]] :
      (split(":", times[1])[0] * 60 + split(":", times[1])[1] - split(":", times[0])[0] * 60 - split(":", times[0])[1] + 1440) % 1440 >= 30
    ]), true)
    error_message = "backup_window ${var.backup_window} or maintenance_window ${var.maintenance_window} is too short: set half an hour or more."
  }
}

variable "apply_immediately" {
  description = "Whether changes that restart instances are made at once; otherwise in the maintenance window."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster and the global database. Before they are destroyed, apply `false`."
  type        = bool
  default     = true
  nullable    = false
}

variable "iam_authentication" {
  description = "Whether people may connect with a token of their IAM role in place of a password. The service does not."
  type        = bool
  default     = false
  nullable    = false
}

variable "insights_mode" {
  description = "Database Insights: `standard` keeps 7 days, `advanced` 15 months and costs by the vCPU."
  type        = string
  default     = "standard"
  nullable    = false

  validation {
    condition     = contains(["standard", "advanced"], var.insights_mode)
    error_message = "insights_mode is ${jsonencode(var.insights_mode)}: set standard or advanced."
  }
}

variable "log_retention_days" {
  description = "Days that the logs of database and rotation are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: set a number that CloudWatch Logs knows, such as 30, 90 or 365."
  }
}

variable "master_password_version" {
  description = "Raise it by one for a new master password."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.master_password_version >= 1 && floor(var.master_password_version) == var.master_password_version
    error_message = "master_password_version is ${var.master_password_version}: set a whole number from 1."
  }
}

variable "rotation_days" {
  description = "Days between two rotations of the application's and the migration's secret."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 1000 && floor(var.rotation_days) == var.rotation_days
    error_message = "rotation_days is ${var.rotation_days}: set a whole number from 1 to 1000."
  }
}

variable "deletion_days" {
  description = "Days in which deleted keys and secrets can be brought back, 7 to 30."
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
