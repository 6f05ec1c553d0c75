# What a plan knows of units that aren't applied yet. `mock` is in all of it.

locals {
  facts = read_terragrunt_config("${get_terragrunt_dir()}/../live/facts.hcl").locals

  # Never apply; nor a plan that is kept, since an apply of it would carry the mocks. A destroy deletes what the state names,
  # whatever the inputs; one that goes on finds what it needs without outputs, since that was destroyed before.
  commands = anytrue([for argument in get_terraform_cli_args() : can(regex("^--?out(=|$)", argument))]) ? ["init", "validate"] : ["init", "validate", "plan", "destroy"]

  alerting = {
    topic_arns = {
      critical = "arn:aws:sns:${local.facts.aws_region}:${local.facts.account_id}:mock-critical"
      warning  = "arn:aws:sns:${local.facts.aws_region}:${local.facts.account_id}:mock-warning"
    }
  }

  certificate = {
    arn = "arn:aws:acm:${local.facts.aws_region}:${local.facts.account_id}:certificate/mock"
  }

  cluster = {
    cluster_name                    = "mock"
    endpoint                        = "https://mock.example.com"
    certificate_authority           = base64encode("mock")
    cluster_security_group_id       = "sg-mock1"
    load_balancer_security_group_id = "sg-mock2"
    node_role_name                  = "mock-node"
    storage_key_arn                 = "arn:aws:kms:${local.facts.aws_region}:${local.facts.account_id}:key/mock"
  }

  database = {
    cluster_identifier     = "mock-database"
    rotation_function_name = "mock-rotation"
    secret_names           = { application = "mock/application", migration = "mock/migration" }
    secrets_key_alias      = "alias/mock"
  }

  dns = {
    zone_id   = "ZMOCK"
    is_signed = false
  }

  edge = {
    distribution_id        = "EMOCK"
    distribution_domain    = "mock.cloudfront.net"
    distribution_zone_id   = "ZMOCK"
    rotation_function_name = "mock-rotation"
    health_paths           = { for name in keys(local.facts.regions) : name => "/mock/${name}" }
    origin_check_rule_group_arns = {
      for name in keys(local.facts.regions) : name => "arn:aws:wafv2:${name}:${local.facts.account_id}:regional/rulegroup/mock/mock"
    }
  }

  firewall = {
    web_acl_arn = "arn:aws:wafv2:${local.facts.aws_region}:${local.facts.account_id}:${local.facts.is_global ? "global" : "regional"}/webacl/mock/mock"
  }

  network = {
    vpc_id                     = "vpc-mock"
    application_subnet_ids     = ["subnet-mock1", "subnet-mock2", "subnet-mock3"]
    database_subnet_group_name = "mock-database"
    pods_security_group_id     = "sg-mock3"
    nat_gateway_ids            = { mock = "nat-mock1" }
  }

  record = {
    health_check_ids = { for name, region in local.facts.regions : name => "mock" if region.role != "standby" }
  }

  registry = {
    repository_urls = { for name in keys(local.facts.regions) : name => { service = "mock.example.com/service" } }
  }
}
