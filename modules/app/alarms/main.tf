locals {
  # What alarms are made of, by the group that its file defines; a group is empty where there is nothing to watch.
  definitions = merge(local.users, local.database, local.resources)

  topics = { critical = [var.topic_arns.critical], warning = [var.topic_arns.warning] }

  alarm_descriptions = {
    for key, alarm in local.definitions : key => join(" ", [
      alarm.summary,
      "Emitted by ${alarm.emitter}.",
      "Without data: ${alarm.without_data}.",
      "Runbook: ${var.runbook_url}/${alarm.runbook}.md",
    ])
  }
}

module "alarm" {
  source  = "terraform-aws-modules/cloudwatch/aws//modules/metric-alarm"
  version = "5.7.2"

  for_each = local.definitions

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = local.alarm_descriptions[each.key]
  # The others ring by a composite alarm.
  alarm_actions = each.value.rings == null ? [] : local.topics[each.value.rings]
  ok_actions    = each.value.rings == null ? [] : local.topics[each.value.rings]

  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing

  namespace          = each.value.expression == null ? each.value.namespace : null
  metric_name        = each.value.expression == null ? each.value.metric : null
  dimensions         = each.value.expression == null ? each.value.dimensions : null
  period             = each.value.expression == null ? each.value.period : null
  statistic          = each.value.expression == null && !startswith(each.value.statistic, "p") ? each.value.statistic : null
  extended_statistic = each.value.expression == null && startswith(each.value.statistic, "p") ? each.value.statistic : null
  # Of ten requests, the slowest is the 99th percentile.
  evaluate_low_sample_count_percentiles = startswith(each.value.statistic, "p") ? "ignore" : null

  metric_query = [
    for query in concat(
      [{ id = "value", label = each.key, expression = each.value.expression, return_data = true }],
      [
        for id, metric in { of = [each.value.metric, each.value.statistic], requests = ["Requests", "Sum"] } : {
          id                   = id
          metric = [{
            namespace   = each.value.namespace
            metric_name = metric[0]
            dimensions  = each.value.dimensions
            period      = each.value.period
            stat        = metric[1]
          }]
        }
      ],
    ) : query if each.value.expression != null
  ]
}
