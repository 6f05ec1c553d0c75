variable "cluster_name" {
  description = "Name of the cluster; name of its cluster secret, too."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,61}[a-z0-9]$", var.cluster_name))
    error_message = "cluster_name is ${jsonencode(var.cluster_name)}: set 3 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last."
  }
}

variable "region" {
  description = "Region of the cluster, such as `eu-west-1`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}: set the code of a region, such as eu-west-1."
  }
}

variable "role" {
  description = "What the cluster is now: `primary` serves, `active` serves beside it, `standby` runs the platform only. Argo CD chooses by it what it deploys."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["primary", "standby", "active"], var.role)
    error_message = "role is ${jsonencode(var.role)}: set primary, standby or active."
  }
}

variable "zones" {
  description = "Availability zones that pods are spread over."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.zones) > 0 && alltrue([for zone in var.zones : can(regex("^${var.region}[a-z]$", zone))])
    error_message = "zones is ${jsonencode(var.zones)}: set zones of ${var.region}, such as ${var.region}a."
  }
}

variable "labels" {
  description = "Labels of the cluster secret beside `region` and `role`, such as `environment`: what application sets select clusters by."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, value in var.labels : can(regex("^[a-z]([a-z0-9_-]{0,61}[a-z0-9])?$", key)) && can(regex("^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$", value))])
    error_message = "labels is ${jsonencode(var.labels)}: set names of lower-case letters, digits, underscores and hyphens, a letter first, and values of at most 63 letters, digits, dots, underscores and hyphens."
  }

  validation {
    condition     = length(setintersection(keys(var.labels), ["region", "role"])) == 0
    error_message = "labels names ${jsonencode(setintersection(keys(var.labels), ["region", "role"]))}, which this module sets: leave it out."
  }
}

variable "facts" {
  description = "Annotations of the cluster secret beside `zones`, `repository_url` and `repository_revision`: what templates of application sets need to know, such as `certificate_arn`. Names and ARNs; never a secret's value."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.facts) : can(regex("^[a-z]([a-z0-9_]{0,61}[a-z0-9])?$", key))])
    error_message = "facts names ${jsonencode(keys(var.facts))}: set names of lower-case letters, digits and underscores, a letter first, so that templates can read them as .metadata.annotations.<name>."
  }

  validation {
    condition     = length(setintersection(keys(var.facts), ["zones", "repository_url", "repository_revision"])) == 0
    error_message = "facts names ${jsonencode(setintersection(keys(var.facts), ["zones", "repository_url", "repository_revision"]))}, which this module sets: leave it out."
  }

  validation {
    condition     = alltrue([for key in keys(var.facts) : !can(regex("(^|_)(password|token|private_key|credentials)$", key))])
    error_message = "facts names ${jsonencode(keys(var.facts))}: give the name or ARN of a secret, such as database_secret_name, not its value."
  }
}

variable "repository_url" {
  description = "Git repository that Argo CD follows, by its HTTPS URL."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[^@\\s]+$", var.repository_url))
    error_message = "repository_url is ${jsonencode(var.repository_url)}: set an HTTPS URL without user or password, such as https://github.com/owner/repository.git."
  }
}

variable "repository_revision" {
  description = "Branch, tag or commit that Argo CD follows."
  type        = string
  default     = "main"
  nullable    = false
}

variable "repository_path" {
  description = "Folder of the repository with the first application's objects: the projects and application sets that bring everything else."
  type        = string
  default     = "gitops"
  nullable    = false

  validation {
    condition     = can(regex("^[^/].*[^/]$", var.repository_path)) && !strcontains(var.repository_path, "..")
    error_message = "repository_path is ${jsonencode(var.repository_path)}: set a folder inside the repository, such as gitops, without a slash at either end."
  }
}

variable "chart_repository" {
  description = "Where the charts `argo-cd` and `argocd-apps` come from: an HTTPS or OCI URL, such as that of a mirror."
  type        = string
  default     = "https://argoproj.github.io/argo-helm"
  nullable    = false

  validation {
    condition     = can(regex("^(https|oci)://", var.chart_repository))
    error_message = "chart_repository is ${jsonencode(var.chart_repository)}: set a URL that begins with https:// or oci://."
  }
}

variable "chart_version" {
  description = "Version of the chart `argo-cd`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+$", var.chart_version))
    error_message = "chart_version is ${jsonencode(var.chart_version)}: set an exact version, such as 9.1.0."
  }
}

variable "apps_chart_version" {
  description = "Version of the chart `argocd-apps`, which makes the first application."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+$", var.apps_chart_version))
    error_message = "apps_chart_version is ${jsonencode(var.apps_chart_version)}: set an exact version, such as 2.0.2."
  }
}
