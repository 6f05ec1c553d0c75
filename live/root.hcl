# What every unit has: where its state is, its provider, its module, and what is refused.

feature "production" {
  # Whether `run --all` takes in environments that are production.
  default = false
}

feature "destroy" {
  # Name of the environment that may be destroyed; its deletion protection goes at the next apply.
  default = ""
}

feature "leftovers" {
  # Whether a destroy goes on although clusters left something in AWS that no state has.
  default = false
}

locals {
  facts = read_terragrunt_config("${get_parent_terragrunt_dir()}/facts.hcl").locals

  # Its files count as read, for tools/affected-units.ts.
  module = "${local.facts.repository}/modules/${local.facts.layer}/${local.facts.unit}"
  read = [
    for file in fileset(local.module, "**") : mark_as_read("${local.module}/${file}")
    if !can(regex("^tests/|\\.(md|zip)$", file))
  ]

  # Lambda functions of the module, packed.
  archives = [for file in fileset(local.module, "*/index.ts") : "${local.module}/${dirname(file)}.zip"]

  destroys = get_terraform_command() == "destroy" || anytrue([for argument in get_terraform_cli_args() : can(regex("^--?destroy(=|$)", argument))])
  # Units that `run --all destroy` of an environment, a region or a layer begins with, and those that AWS refuses to delete while a cluster's load balancers and records are there.
  asks_for_leftovers = contains(["alarms", "alerting", "identity", "observability", "registry", "certificate", "cluster", "dns", "firewall", "network"], local.facts.unit)

  state_key = "${local.facts.environment}/${local.facts.region}/${local.facts.layer}/${local.facts.unit}"
  state = {
    # Encrypted by the bucket's default: `encrypt` would name S3's own key in place of the bucket's (modules/shared/state).
    s3 = {
      bucket         = local.facts.state_bucket
      key            = "${local.state_key}/terraform.tfstate"
      region         = local.facts.state_region
      use_lockfile   = true
      s3_bucket_tags = local.facts.tags

      allowed_account_ids = [local.facts.account_id]
    }
    local = { path = "${local.state_folder}/${local.state_key}.tfstate" }
  }
  # The providers that are taken, by their hashes, once tools/plan/providers.ts has made it. PROVIDER_LOCK is another file, or `none`.
  provider_lock = get_env("PROVIDER_LOCK", "${local.facts.repository}/modules/providers.lock.hcl")

  # `local`, with states in STATE_FOLDER, is for runs without a cloud.
  backend      = get_env("STATE_BACKEND", "s3")
  state_folder = get_env("STATE_FOLDER", "${local.facts.repository}/build/state")
}

terraform_version_constraint  = ">= 1.11.1"
terragrunt_version_constraint = "~> 1.0"

terraform {
  # With the slashes the whole of modules/ is there, since one may call another.
  source = "${local.facts.repository}/modules//${local.facts.layer}/${local.facts.unit}"

  # A run without a cloud has providers of its own.
  copy_terraform_lock_file = local.backend != "local"

  # Before --backend-bootstrap makes a bucket, which asks nobody whose account it is.
  after_hook "account" {
    commands = ["terragrunt-read-config"]
    if       = local.backend == "s3"
    execute = ["sh", "-c", <<-EOF
      account=$(aws sts get-caller-identity --region ${local.facts.state_region} --query Account --output text) || exit
      [ "$account" = ${local.facts.account_id} ] || { echo "These credentials are of account $account, and ${local.facts.environment} is ${local.facts.account_id}: use those of that account." >&2; exit 1; }
    EOF
    ]
  }

  before_hook "archives" {
    commands = ["plan", "apply", "destroy"]
    if       = !alltrue([for archive in local.archives : fileexists(archive)])
    execute  = ["sh", "-c", "echo 'A Lambda function of ${local.facts.layer}/${local.facts.unit} is not packed: run bun run build in the repository first.' >&2; exit 1"]
  }

  # They would get past the next hook.
  before_hook "arguments" {
    commands = ["destroy", "apply", "plan"]
    execute  = ["sh", "-c", "! env | grep ^TF_CLI_ARGS >&2 || { echo 'Unset that variable, and give its arguments in the command: see docs/live.md.' >&2; exit 1; }"]
  }

  before_hook "destroy" {
    commands = ["destroy", "apply", "plan"]
    if       = feature.destroy.value != local.facts.environment && local.destroys
    execute  = ["sh", "-c", "echo 'Nothing of ${local.facts.environment} is destroyed without --feature destroy=${local.facts.environment}: see docs/live.md.' >&2; exit 1"]
  }

  # Before anything is gone: what a cluster made would break it off half-way.
  before_hook "leftovers" {
    commands = ["destroy", "apply"]
    if       = local.destroys && local.asks_for_leftovers && !feature.leftovers.value
    execute = ["sh", "-c", <<-EOF
      cd ${local.facts.repository} && tools/bun/bun tools/leftovers.ts ${local.facts.environment} ${local.facts.is_global ? "" : local.facts.region} || { echo "Nothing of ${local.facts.environment} is destroyed while that is there: see docs/runbooks/teardown.md. Where it may stay, --feature leftovers=true." >&2; exit 1; }
    EOF
    ]
  }
}

# A folder that is initialised for one backend can't be used with another.
download_dir = local.backend == "local" ? "${local.state_folder}/.terragrunt-cache" : "${local.facts.repository}/build/terragrunt"

remote_state {
  backend = local.backend
  config  = local.state[local.backend]
  generate = {
    path      = "backend.tf"
    if_exists = "overwrite_terragrunt"
  }
}

generate "provider" {
  path      = "provider_aws.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<-EOF
    provider "aws" {
      region              = "${local.facts.aws_region}"
      allowed_account_ids = ["${local.facts.account_id}"]
      default_tags {
        tags = ${jsonencode(merge(local.facts.tags, { layer = local.facts.layer, unit = local.facts.unit }))}
      }
    }
  EOF
}

generate "provider_lock" {
  path              = ".terraform.lock.hcl"
  if_exists         = "overwrite"
  disable           = !fileexists(local.provider_lock)
  disable_signature = true
  contents          = fileexists(local.provider_lock) ? file(local.provider_lock) : ""
}

exclude {
  # States outlive what they are of.
  if      = local.facts.production && !feature.production.value || local.facts.unit == "state"
  actions = local.facts.production && !feature.production.value ? ["all"] : ["destroy"]
  no_run  = false
}

errors {
  retry "transient" {
    # Terragrunt's own list, and what AWS answers while something it made isn't known everywhere yet.
    retryable_errors = concat(get_default_retryable_errors(), [
      "(?s).*(Throttling|RequestLimitExceeded|TooManyRequests|SlowDown|RequestTimeout|ServiceUnavailable).*",
      "(?s).*OperationAborted: A conflicting conditional operation.*",
      "(?s).*ConcurrentModification.*",
    ])
    max_attempts       = 3
    sleep_interval_sec = 15
  }
}
