locals {
  # Two graphs a row of 24 columns.
  graph_width  = 12
  graph_height = 6

  # By group, a graph for each metric, its alarm's threshold as a line.
  graphs = [
    for key, alarm in local.definitions : {
      title   = key
      metrics = [concat([alarm.namespace, alarm.metric], flatten([for name in sort(keys(alarm.dimensions)) : [name, alarm.dimensions[name]]]), [{ stat = alarm.statistic, period = min(alarm.period, 300) }])]
      limit   = alarm.threshold
    } if !contains(keys(local.burning), key) || key == "errors-5m"
  ]

  # What rings nobody but tells where the fault is: how many of the checkers get an answer.
  more_graphs = [
    for region, id in merge({ for check in var.health_check[*] : check.region => check.id }, var.active_health_checks) : {
      title   = "health of ${region}"
      metrics = [["AWS/Route53", "HealthCheckPercentageHealthy", "HealthCheckId", id, { stat = "Average", period = 60 }]]
      limit   = null
    }
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.name}-${var.region}"
  dashboard_body = jsonencode({
    widgets = [
      for index, graph in concat(local.graphs, local.more_graphs) : {
        type   = "metric"
        x      = (index % 2) * local.graph_width
        y      = floor(index / 2) * local.graph_height
        width  = local.graph_width
        height = local.graph_height
        properties = {
          title       = graph.title
          region      = var.region
          view        = "timeSeries"
          metrics     = graph.metrics
          annotations = { horizontal = [for limit in [graph.limit] : { label = "alarm", value = limit } if limit != null] }
        }
      }
    ]
  })
}
