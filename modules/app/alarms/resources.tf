locals {
  simple = { expression = null, rings = null, periods = 1, comparison = "GreaterThanThreshold", threshold = 0 }

  autoscaler = {
    for key in ["autoscaler"] : key => merge(local.simple, {
      summary      = "The autoscaler has wanted as many pods as it may have for a quarter of an hour."
      runbook      = "hello-at-most-replicas"
      emitter      = "the add-on amazon-cloudwatch-observability"
      namespace    = "ContainerInsights"
      metric       = "replicas_desired"
      dimensions   = { ClusterName = var.deployment.cluster_name, Namespace = var.deployment.namespace, PodName = var.deployment.name }
      statistic    = "Minimum"
      period       = 300
      periods      = 3
      comparison   = "GreaterThanOrEqualToThreshold"
      threshold    = var.deployment.maximum_pods
      rings        = "warning"
      missing      = "notBreaching"
      without_data = "the agents are gone, not the pods; users' alarms don't need them"
    }) if var.deployment != null && var.role != "secondary"
  }

  nat = {
    for zone, id in var.nat_gateway_ids : "nat-${zone}" => merge(local.simple, {
      summary      = "The NAT gateway of ${zone} has no port left for new connections to one address."
      runbook      = "aws-nat-ports"
      emitter      = "NAT gateways"
      namespace    = "AWS/NATGateway"
      metric       = "ErrorPortAllocation"
      dimensions   = { NatGatewayId = id }
      statistic    = "Sum"
      period       = 300
      missing      = "notBreaching"
      without_data = "no gateway, no connection; who misses it has alarms of his own"
    })
  }

  certificates = {
    for name, arn in var.certificate_arns : "certificate-${name}" => merge(local.simple, {
      summary      = "The certificate ${name} ends in less than 30 days; ACM should have renewed it before."
      runbook      = "aws-certificate"
      emitter      = "ACM"
      namespace    = "AWS/CertificateManager"
      metric       = "DaysToExpiry"
      dimensions   = { CertificateArn = arn }
      statistic    = "Minimum"
      period       = 86400
      comparison   = "LessThanThreshold"
      threshold    = 30
      rings        = "warning"
      missing      = "ignore"
      without_data = "as before, since ACM emits it twice a day and no more once it has ended"
    })
  }

  functions = {
    for purpose, name in var.function_names : "function-${purpose}" => merge(local.simple, {
      summary      = "The function ${name} failed."
      runbook      = "aws-function"
      emitter      = "Lambda"
      namespace    = "AWS/Lambda"
      metric       = "Errors"
      dimensions   = { FunctionName = name }
      statistic    = "Sum"
      period       = 300
      rings        = "warning"
      missing      = "notBreaching"
      without_data = "what isn't called can't fail"
    })
  }

  zone = merge(local.simple, {
    runbook    = "aws-dnssec"
    emitter    = "Route 53"
    namespace  = "AWS/Route53"
    dimensions = { HostedZoneId = try(var.signed_zone.id, null) }
    statistic  = "Sum"
    # As often as it is emitted.
    period       = 14400
    comparison   = "GreaterThanOrEqualToThreshold"
    threshold    = 1
    rings        = "warning"
    missing      = "ignore"
    without_data = "as before, since Route 53 emits it every four hours, and one that is late leaves a gap"
  })

  signatures = {
    for key, alarm in {
      "dnssec-failure" = {
        summary = "Route 53 failed to sign the zone, and takes no change of it until that is mended."
        metric  = "DNSSECInternalFailure"
      }
      "dnssec-keys" = {
        summary = "Route 53 can't use a key that signs the zone; once its last signature ends, who validates finds nobody."
        metric  = "DNSSECKeySigningKeysNeedingAction"
      }
    } : key => merge(local.zone, alarm) if var.signed_zone != null
  }

  resources = merge(local.autoscaler, local.nat, local.certificates, local.functions, local.signatures)
}
