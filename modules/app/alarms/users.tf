locals {
  # Percentage of requests that may fail. By way of text, since a difference has as many digits as there is room for.
  error_budget = tonumber(format("%.6g", 100 - var.availability_objective))

  # Windows of https://sre.google/workbook/alerting-on-slos/: at 14.4 times the rate that a month's budget allows it is
  # used up in two days, at 6 times in five. The short window ends the alarm soon after the fault.
  burn_windows = {
    "errors-1h"  = { seconds = 3600, rate = 14.4 }
    "errors-5m"  = { seconds = 300, rate = 14.4 }
    "errors-6h"  = { seconds = 21600, rate = 6 }
    "errors-30m" = { seconds = 1800, rate = 6 }
  }

  # Percentage of failed requests over which an alarm goes off.
  burn_thresholds = { for key, window in local.burn_windows : key => tonumber(format("%.6g", window.rate * local.error_budget)) }

  # Fewer requests in a window tell no rate: one failure is to be at most half of what goes off. Requests of Route 53's
  # checkers, some 15 a check twice a minute, come through CloudFront and are no user's.
  checks_per_minute = 30 * (length(var.health_check[*]) + length(var.active_health_checks))
  counted_requests = {
    for key, window in local.burn_windows :
    key => ceil(2 * 100 / local.burn_thresholds[key]) + local.checks_per_minute * window.seconds / 60
  }

  cloudfront = {
    namespace  = "AWS/CloudFront"
    emitter    = "CloudFront"
    dimensions = { DistributionId = try(var.distribution.id, null), Region = "Global" }
    expression = null
    rings      = null
  }

  burning = {
    for key, window in local.burn_windows : key => merge(local.cloudfront, {
      summary = "More than ${format("%.4g", local.burn_thresholds[key])} % of requests failed with a 5xx; the objective is ${var.availability_objective} % without."
      runbook = "hello-errors"
      metric  = "5xxErrorRate"
      # Each minute's percentage counts alike, quiet or busy: CloudFront emits no number of failures.
      statistic    = "Average"
      expression   = "IF(requests >= ${local.counted_requests[key]}, of, 0)"
      period       = window.seconds
      periods      = 1
      comparison   = "GreaterThanThreshold"
      threshold    = local.burn_thresholds[key]
      missing      = "notBreaching"
      without_data = "no request, no failure; silence has an alarm of its own"
    }) if var.distribution != null
  }

  slow = {
    for key in ["latency"] : key => merge(local.cloudfront, {
      summary      = "One request in a hundred waits longer than ${var.latency_objective_milliseconds} ms for the origin."
      runbook      = "hello-slow"
      emitter      = "CloudFront with additional metrics"
      metric       = "OriginLatency"
      statistic    = "p99"
      period       = 300
      periods      = 3
      comparison   = "GreaterThanThreshold"
      threshold    = var.latency_objective_milliseconds
      missing      = "notBreaching"
      without_data = "no request, no wait; silence has an alarm of its own"
    }) if var.distribution != null
  }

  silence = {
    for key in ["no-requests"] : key => merge(local.cloudfront, {
      summary      = "Fewer than ${var.minimum_requests} requests in five minutes, twice."
      runbook      = "aws-no-requests"
      metric       = "Requests"
      statistic    = "Sum"
      period       = 300
      periods      = 2
      comparison   = "LessThanThreshold"
      threshold    = var.minimum_requests
      missing      = "breaching"
      without_data = "rings, since CloudFront emits nothing without requests"
    }) if var.distribution != null && var.minimum_requests != null
  }

  health = {
    runbook      = "aws-unhealthy"
    emitter      = "Route 53"
    namespace    = "AWS/Route53"
    metric       = "HealthCheckStatus"
    expression   = null
    statistic    = "Minimum"
    period       = 60
    periods      = 3
    comparison   = "LessThanThreshold"
    threshold    = 1
    missing      = "breaching"
    without_data = "rings, since Route 53 emits it each minute as long as there is a check"
  }

  unhealthy = {
    for key in ["unhealthy"] : key => merge(local.health, {
      summary    = "Most of Route 53's checkers get no answer from the origin of ${var.health_check.region}."
      dimensions = { HealthCheckId = var.health_check.id }
      rings      = null
    }) if var.health_check != null
  }

  # Of users near it, reads go to the next region; writes fail until its role says that it serves no more.
  unhealthy_active = {
    for region, id in var.active_health_checks : "unhealthy-${region}" => merge(local.health, {
      summary    = "Most of Route 53's checkers get no answer from the origin of ${region}, which is active."
      dimensions = { HealthCheckId = id }
      rings      = "critical"
    })
  }

  users = merge(local.burning, local.slow, local.silence, local.unhealthy, local.unhealthy_active)
}
