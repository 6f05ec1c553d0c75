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
  regions = {
    for file in fileset(local.environment_folder, "*/terragrunt.stack.hcl") :
    dirname(file) => read_terragrunt_config("${local.environment_folder}/${file}").local if dirname(file) != "global"
  }
  # `one` refuses two.
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
  repositories = ["service", "hello"]
  state_bucket = "${local.name}-state-${local.account_id}-${local.state_region}"

  repository_url = "https://github.com/example/hello"
  tags = {
    repository  = "hello"
    environment = local.environment
    region      = local.region
  }
}
