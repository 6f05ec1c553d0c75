variable "name" {
  description = "Prefix of the roles, such as `hello`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]){1,22}$", var.name)) && length(var.name) <= 24
    error_message = "name is ${jsonencode(var.name)}: set 2 to 24 lower-case letters, digits and single hyphens, a letter first, no hyphen last."
  }
}

variable "account_id" {
  description = "Account of the roles; named in their policies."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${jsonencode(var.account_id)}: set the 12 digits of the account as a string."
  }
}

variable "oidc_provider_arn" {
  description = "GitHub's OIDC provider where the account has it already, or null to make it: an account can have one only."
  type        = string
  default     = null

  validation {
    condition     = var.oidc_provider_arn == null || var.oidc_provider_arn == "arn:aws:iam::${var.account_id}:oidc-provider/token.actions.githubusercontent.com"
    error_message = "oidc_provider_arn is ${jsonencode(var.oidc_provider_arn)}: set arn:aws:iam::${var.account_id}:oidc-provider/token.actions.githubusercontent.com, or null."
  }
}

variable "repository" {
  description = "Repository on GitHub whose workflows get the roles, with the IDs that GitHub gave owner and repository: `gh api repos/OWNER/NAME --jq '.owner.id, .id'`."
  type        = object({ owner = string, owner_id = number, name = string, id = number })
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$", var.repository.owner)) && can(regex("^[A-Za-z0-9._-]{1,100}$", var.repository.name))
    error_message = "repository is ${jsonencode(var.repository)}: set owner and name as GitHub has them, without wildcards."
  }

  validation {
    condition     = alltrue([for id in [var.repository.owner_id, var.repository.id] : id > 0 && floor(id) == id])
    error_message = "repository is ${jsonencode(var.repository)}: set owner_id and id to the whole numbers that GitHub gave."
  }
}

variable "subject_form" {
  description = "Form of the subject in GitHub's tokens: `immutable`, with IDs, as repositories made since July 2026 send it, or `name`, as older ones do that haven't opted in."
  type        = string
  default     = "immutable"
  nullable    = false

  validation {
    condition     = contains(["immutable", "name"], var.subject_form)
    error_message = "subject_form is ${jsonencode(var.subject_form)}: set immutable or name."
  }
}

variable "environments" {
  description = "Environments in this account by name, which is that of the environment on GitHub whose jobs apply; others run in `<name>-plan`, `<name>-drift` and `<name>-pull`."
  type = map(object({
    # What its resources' names begin with.
    prefix = string
    # Regions beside us-east-1.
    regions = set(string)
    # Buckets of its states, one a region, their prefix in each, which ends with a slash, and the alias of each bucket's key.
    state = object({ buckets = set(string), prefix = string, key_alias = string })
    # Secrets whose values the provider reads at a plan.
    secret_names = optional(set(string), [])
    # Repositories of ECR that it makes.
    repositories = optional(set(string), [])
    # Zones of Route 53 that it may change, by ID; null for every zone of the account.
    zone_ids = optional(set(string))
  }))
  nullable = false

  validation {
    condition     = length(var.environments) > 0 && alltrue([for name in keys(var.environments) : can(regex("^[a-z][a-z0-9]{0,15}$", name))])
    error_message = "environments is ${jsonencode(keys(var.environments))}: name at least one, each by 1 to 16 lower-case letters and digits, a letter first."
  }

  validation {
    condition     = alltrue([for each in values(var.environments) : can(regex("^[a-z](-?[a-z0-9]){1,30}$", each.prefix)) && each.prefix != var.name])
    error_message = "environments has the prefixes ${jsonencode(values(var.environments)[*].prefix)}: set 2 to 32 lower-case letters, digits and single hyphens, and none that is name."
  }

  validation {
    condition = alltrue([
      for one, first in var.environments : alltrue([for other, second in var.environments : one == other || !startswith(second.prefix, first.prefix)])
    ])
    error_message = "environments has the prefixes ${jsonencode(values(var.environments)[*].prefix)}: set none that another begins with, or the one could change the other."
  }

  validation {
    condition     = alltrue(flatten([for each in values(var.environments) : [for region in each.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))]]))
    error_message = "environments has the regions ${jsonencode(values(var.environments)[*].regions)}: set codes of regions, such as eu-west-1."
  }

  validation {
    condition = alltrue([
      for each in values(var.environments) : length(each.state.buckets) > 0 &&
      alltrue([for bucket in each.state.buckets : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", bucket))]) &&
      can(regex("^([A-Za-z0-9_-]+/)+$", each.state.prefix)) && can(regex("^alias/[A-Za-z0-9_-]+$", each.state.key_alias))
    ])
    error_message = "environments has the states ${jsonencode(values(var.environments)[*].state)}: set the names of the buckets, at least one, a prefix that ends with a slash, such as prod/, and the alias of their keys, such as alias/hello-prod-state."
  }

  validation {
    condition = alltrue(flatten([for each in values(var.environments) : [
      for name in setunion(each.secret_names, each.repositories) : can(regex("^[A-Za-z0-9/_.-]{2,256}$", name))
    ]]))
    error_message = "environments has secret_names or repositories with wildcards, colons or other letters that names don't have: set plain names."
  }

  validation {
    condition     = alltrue([for each in values(var.environments) : each.zone_ids == null ? true : alltrue([for id in each.zone_ids : can(regex("^Z[0-9A-Z]{1,31}$", id))])])
    error_message = "environments has the zone_ids ${jsonencode(values(var.environments)[*].zone_ids)}: set IDs of zones, such as Z1D633PJN98FT9, or null."
  }
}

variable "environment_tag" {
  description = "Tag that says of which environment a resource is. What has it with another value, an environment's pipeline can't change."
  type        = string
  default     = "environment"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,127}$", var.environment_tag))
    error_message = "environment_tag is ${jsonencode(var.environment_tag)}: set the key of a tag, of letters, digits, hyphens, dots and underscores."
  }
}

variable "push" {
  description = "ECR repositories that jobs of an environment on GitHub may push to, by the environment's name, such as `release`: their ARNs."
  type        = map(set(string))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.push) : can(regex("^[a-z][a-z0-9]{0,15}$", name)) && !contains(keys(var.environments), name)])
    error_message = "push is ${jsonencode(keys(var.push))}: name environments on GitHub by 1 to 16 lower-case letters and digits, a letter first, and none that applies."
  }

  validation {
    condition     = alltrue(flatten([for arns in values(var.push) : concat([length(arns) > 0], [for arn in arns : can(regex("^arn:aws:ecr:[a-z0-9-]+:[0-9]{12}:repository/[a-z0-9/_.-]+$", arn))])]))
    error_message = "push is ${jsonencode(var.push)}: set ARNs of ECR repositories, at least one each, without wildcards."
  }
}
