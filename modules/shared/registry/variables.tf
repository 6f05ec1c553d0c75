variable "name" {
  description = "Namespace of the repositories and prefix of their keys and roles, such as `hello`: a repository `service` is `hello/service`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,28}[a-z0-9]$", var.name))
    error_message = "name is ${jsonencode(var.name)}: set 2 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region that is pushed to, such as `eu-west-1`; that of the provider."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}: set the code of a region, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the registry; an account has one."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "repositories" {
  description = "Repositories, without the namespace: one for each image, and one for each chart, by the chart's name."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.repositories) > 0 && alltrue([for repository in var.repositories : can(regex("^[a-z0-9]+([._-][a-z0-9]+)*$", repository))])
    error_message = "repositories is ${jsonencode(var.repositories)}: set one or more names of lower-case letters, digits and single dots, underscores or hyphens between them."
  }
}

variable "replica_regions" {
  description = "Regions that everything pushed is copied to, such as the standby's; each gets a key of its own."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for region in var.replica_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "replica_regions is ${jsonencode(var.replica_regions)}: set codes of regions, such as eu-central-1."
  }

  validation {
    condition     = !contains(var.replica_regions, var.region)
    error_message = "replica_regions names ${var.region}, which is pushed to: name other regions."
  }

  validation {
    condition     = length(var.replica_regions) <= 25
    error_message = "replica_regions has ${length(var.replica_regions)} entries: AWS copies to 25 at most."
  }
}

variable "pull_role_arns" {
  description = "Roles that may pull, such as the node roles of every region's cluster, by ARN; they need not exist yet."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.pull_role_arns) > 0 && alltrue([for arn in var.pull_role_arns : can(regex("^arn:aws:iam::${var.account_id}:role/[^*?]+$", arn))])
    error_message = "pull_role_arns is ${jsonencode(var.pull_role_arns)}: set one or more ARNs of roles of account ${var.account_id}, without wildcards."
  }
}

variable "push_role_arns" {
  description = "Roles that may push, and pull what they pushed, such as that of the delivery pipeline, by ARN; they need not exist yet."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.push_role_arns) > 0 && alltrue([for arn in var.push_role_arns : can(regex("^arn:aws:iam::${var.account_id}:role/[^*?]+$", arn))])
    error_message = "push_role_arns is ${jsonencode(var.push_role_arns)}: set one or more ARNs of roles of account ${var.account_id}, without wildcards."
  }
}

variable "kept_tag_patterns" {
  description = "Tags whose images never expire, with `*` for any characters; by default versions such as `1.2.3`, and what pipelines give to what an environment runs, `deployed-…`. What is deployed must have one."
  type        = set(string)
  default     = ["*.*.*", "deployed-*"]
  nullable    = false

  validation {
    condition     = length(var.kept_tag_patterns) > 0 && alltrue([for pattern in var.kept_tag_patterns : can(regex("^[a-zA-Z0-9*._-]{1,128}$", pattern)) && length(split("*", pattern)) <= 5])
    error_message = "kept_tag_patterns is ${jsonencode(var.kept_tag_patterns)}: set one or more patterns of letters, digits, dots, underscores, hyphens and at most four `*`."
  }

  validation {
    condition     = !contains(var.kept_tag_patterns, "*")
    error_message = "kept_tag_patterns names *, which is every tag: set narrower patterns, or a higher kept_images."
  }
}

variable "kept_images" {
  description = "How many images with a tag are kept, the newest, whatever their tags; an image for several platforms counts once, and once more for each."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.kept_images >= 1 && floor(var.kept_images) == var.kept_images
    error_message = "kept_images is ${var.kept_images}: set a whole number from 1."
  }
}

variable "key_deletion_days" {
  description = "Days between the deletion of the keys and their end, 7 to 30; until then they can be brought back."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30 && floor(var.key_deletion_days) == var.key_deletion_days
    error_message = "key_deletion_days is ${var.key_deletion_days}: set a whole number from 7 to 30."
  }
}
