# What a unit knows of where it is, from its path: live/<environment>/<region>/<layer>/<unit>.

locals {
  repository = dirname(get_terragrunt_dir())

  path        = split("/", trimprefix(get_original_terragrunt_dir(), "${get_terragrunt_dir()}/"))
  environment = local.path[0]
  region      = local.path[1]
  layer       = local.path[2]
  unit        = local.path[3]

  is_global = local.region == "global"

  environment_folder = "${get_terragrunt_dir()}/${local.environment}"
  region_folder      = "${local.environment_folder}/${local.region}"
  global_folder      = "${local.environment_folder}/global"

  # The environment's facts, and those of its regions by name.
  settings   = read_terragrunt_config("${local.environment_folder}/environment.hcl").locals
  account_id = local.settings.account_id
  production = local.settings.production
  regions    = { for name, region in local.stated : name => region if length(local.refused) == 0 }
  # As the regions' files say, and what is wrong with them.
  stated = {
    for file in fileset(local.environment_folder, "*/terragrunt.stack.hcl") :
    dirname(file) => read_terragrunt_config("${local.environment_folder}/${file}").local if dirname(file) != "global"
  }
  stated_names = ["role", "range", "zones", "database_instances"]
  primaries    = [for name, region in local.stated : name if try(region.role, "") == "primary"]
  faults = concat(
    [for name in keys(local.stated) : "${name}: use another region, its states would be those of global" if name == "us-east-1"],
    flatten([for name, region in local.stated : concat(
      [for missing in setsubtract(local.stated_names, keys(region)) : "${name}/terragrunt.stack.hcl: ${missing} is missing: set it as another region does"],
      [for unknown in setsubtract(keys(region), local.stated_names) : "${name}/terragrunt.stack.hcl: ${unknown} = ${jsonencode(region[unknown])} is unknown: use ${join(", ", local.stated_names)}"],
      [for role in try([region.role], []) : "${name}/terragrunt.stack.hcl: role = ${jsonencode(role)} is unknown: use primary, standby or active" if !contains(["primary", "standby", "active"], role)],
      [for instances in try([region.database_instances], []) : "${name}/terragrunt.stack.hcl: database_instances = ${instances}, but role is active: set 1 or more, which read and forward writes" if try(region.role, "") == "active" && instances < 1],
    )]),
    length(local.primaries) == 1 ? [] : [
      "*/terragrunt.stack.hcl: role = \"primary\" in ${length(local.primaries)} regions (${join(", ", local.primaries)}): give it to the one that serves"
    ],
  )
  # No function but this one fails with a message.
  refused = [
    for fault in slice(local.faults, 0, min(1, length(local.faults))) :
    run_cmd("--terragrunt-quiet", "sh", "-c", "echo \"$0\" >&2; exit 1", "live/${local.environment}/${fault}")
  ]
  primary_region = one([for name, region in local.regions : name if region.role == "primary"])
  # This region's, empty for `global`.
  here = lookup(local.regions, local.region, {})

  # What AWS keeps once an account is in us-east-1, and so are the states of `global`.
  state_region = local.is_global ? "us-east-1" : local.region
  # Region of the provider. An account's one registry is where images are pushed to.
  aws_region = local.unit == "registry" ? local.settings.origin_region : local.state_region

  # Name that users ask, and the load balancer of each region.
  host    = "hello.${local.settings.domain}"
  origins = { for name in keys(local.regions) : name => "${name}.origin.${local.host}" }

  # Prefix of the names of what is made.
  name        = "hello-${local.environment}"
  role_prefix = "arn:aws:iam::${local.account_id}:role"

  # Named by what `delivery` makes, which pipelines may make no role without.
  boundary_arn = "arn:aws:iam::${local.account_id}:policy/delivery/${local.name}-boundary"
  repositories = ["service", "hello", "manifests"]
  # Buckets of the states, by region.
  state_buckets = {
    for region in setunion(["us-east-1"], keys(local.regions)) : region => "${local.name}-state-${local.account_id}-${region}"
  }
  state_bucket = local.state_buckets[local.state_region]

  repository_url = "https://github.com/example/hello"
  tags = {
    repository  = "hello"
    environment = local.environment
    region      = local.region
  }
}
