locals {
  facts = read_terragrunt_config(find_in_parent_folders("facts.hcl")).locals
  mocks = read_terragrunt_config("${local.facts.repository}/stacks/mocks.hcl").locals
}

dependency "network" {
  config_path                             = "${local.facts.region_folder}/shared/network"
  mock_outputs                            = local.mocks.network
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "cluster" {
  config_path                             = "${local.facts.region_folder}/shared/cluster"
  mock_outputs                            = local.mocks.cluster
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "certificate" {
  config_path                             = "${local.facts.region_folder}/shared/certificate"
  mock_outputs                            = local.mocks.certificate
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "firewall" {
  config_path                             = "${local.facts.region_folder}/shared/firewall"
  mock_outputs                            = local.mocks.firewall
  mock_outputs_allowed_terraform_commands = local.mocks.commands
}

dependency "registry" {
  config_path                             = "${local.facts.global_folder}/shared/registry"
  mock_outputs                            = local.mocks.registry
  mock_outputs_allowed_terraform_commands = local.mocks.commands
  # A region that comes is in none of its outputs until it is applied.
  mock_outputs_merge_strategy_with_state = "deep_map_only"
}

# The providers of the cluster's own API; a token is asked for in each run.
generate "cluster" {
  path      = "provider_cluster.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<-EOF
    locals {
      host                   = "${dependency.cluster.outputs.endpoint}"
      cluster_ca_certificate = base64decode("${dependency.cluster.outputs.certificate_authority}")
      token = {
        api_version = "client.authentication.k8s.io/v1"
        command     = "aws"
        args        = ["eks", "get-token", "--cluster-name", "${local.facts.name}", "--region", "${local.facts.region}"]
      }
    }

    provider "kubernetes" {
      host                   = local.host
      cluster_ca_certificate = local.cluster_ca_certificate
      exec {
        api_version = local.token.api_version
        command     = local.token.command
        args        = local.token.args
      }
    }

    provider "helm" {
      kubernetes = {
        host                   = local.host
        cluster_ca_certificate = local.cluster_ca_certificate
        exec                   = local.token
      }
    }
  EOF
}

inputs = {
  cluster_name       = local.facts.name
  region             = local.facts.region
  role               = local.facts.here.role
  zones              = local.facts.here.zones
  labels             = { environment = local.facts.environment }
  repository_url     = "${local.facts.repository_url}.git"
  chart_version      = local.facts.settings.argo_cd.chart_version
  apps_chart_version = local.facts.settings.argo_cd.apps_chart_version
  facts = {
    application_subnet_ids          = join(",", dependency.network.outputs.application_subnet_ids)
    cluster_security_group_id       = dependency.cluster.outputs.cluster_security_group_id
    load_balancer_security_group_id = dependency.cluster.outputs.load_balancer_security_group_id
    pods_security_group_id          = dependency.network.outputs.pods_security_group_id
    node_role_name                  = dependency.cluster.outputs.node_role_name
    storage_key_arn                 = dependency.cluster.outputs.storage_key_arn
    certificate_arn                 = dependency.certificate.outputs.arn
    web_acl_arn                     = dependency.firewall.outputs.web_acl_arn
    origin_hostname                 = local.facts.origins[local.facts.region]
    image_repository                = dependency.registry.outputs.repository_urls[local.facts.region]["service"]
    pushed_image_repository         = dependency.registry.outputs.repository_urls[local.facts.settings.origin_region]["service"]
  }
}
