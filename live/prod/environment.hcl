# Production.
locals {
  account_id = "444455556666"
  production = true
  domain     = "example.com"
  # Whether the zone is signed; how to begin and to end it: docs/dns.md.
  dnssec = false

  # Region where the database was made and images are pushed to; a failover leaves this as it is.
  origin_region = "eu-west-1"

  # Repository whose workflows plan, apply and push, with the IDs that GitHub gave it (modules/shared/delivery).
  delivery_repository = { owner = "example", owner_id = 1234, name = "hello", id = 5678 }
  # Form of the subject in its tokens: `name` where it is older than July 2026, else `immutable`.
  subject_form = "immutable"
  # GitHub's OIDC provider, by its ARN, where the account has one already; null makes it.
  oidc_provider_arn = null
  # Roles of people who read images and their signatures, as who promotes does, by ARN.
  image_reader_role_arns = []

  # Who hears of alarms: `subscriptions` of modules/shared/alerting.
  subscriptions = {}

  cluster = {
    kubernetes_version = "1.34"
    # Addresses, such as an office's, from which the API is reached; with none, from inside the network only.
    endpoint_public_ranges = []
    access_entries = {
      platform = {
        principal_arn = "arn:aws:iam::444455556666:role/platform"
        policy        = "AmazonEKSClusterAdminPolicy"
      }
    }
  }

  # Versions of the charts.
  argo_cd = {
    chart_version      = "10.1.1"
    apps_chart_version = "2.0.5"
  }
  # `maxReplicas` of the autoscaler, null without one.
  maximum_pods = 9

  single_nat_gateway = false
  database = {
    instance_class      = "db.r8g.large"
    serverless_capacity = null
    engine_version      = "17.7"
    # `max_connections` and memory of an instance of this class, for alarms.
    maximum_connections   = 1600
    memory_bytes          = 17179869184
    backup_retention_days = 14
  }
  # Days that logs are kept.
  log_retention_days = 90
  # Days in which deleted keys and secrets can be brought back.
  deletion_days       = 30
  deletion_protection = true
}
