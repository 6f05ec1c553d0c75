# One fault sets off several alarms; a composite alarm rings once for them. What lasts for days (a disk that fills up,
# a certificate) rings by itself, since a composite alarm that is on already keeps silent about anything else.
locals {
  on = { for key in keys(local.definitions) : key => "ALARM(\"${var.name}-${key}\")" }

  # Both windows must be over their rate.
  burns_fast   = length(local.burning) > 0 ? ["(${local.on["errors-1h"]} AND ${local.on["errors-5m"]})"] : []
  burns_slowly = length(local.burning) > 0 ? ["(${local.on["errors-6h"]} AND ${local.on["errors-30m"]})"] : []

  composites = {
    for key, composite in {
      users = {
        summary = "Users get errors or nothing."
        runbook = "aws-users"
        rings   = "critical"
        rules   = concat(local.burns_fast, [for key in keys(merge(local.silence, local.unhealthy)) : local.on[key]])
      }
      resources = {
        summary = "Something that the service needs is running short."
        runbook = "aws-resources"
        rings   = "warning"
        rules   = [for key, alarm in merge(local.database, local.nat) : local.on[key] if alarm.rings == null]
      }
    } : key => composite if length(composite.rules) > 0
  }
}

module "composite_alarm" {
  source  = "terraform-aws-modules/cloudwatch/aws//modules/composite-alarm"
  version = "5.7.2"

  for_each = local.composites

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = "${each.value.summary} Runbook: ${var.runbook_url}/${each.value.runbook}.md"
  alarm_rule        = join(" OR ", each.value.rules)
  alarm_actions     = local.topics[each.value.rings]
  ok_actions        = local.topics[each.value.rings]

  # AWS refuses a rule that names an alarm which isn't there.
  depends_on = [module.alarm]
}

# The same fault burns the budget slowly too: while the pager has it, this one keeps silent.
module "slow_alarm" {
  source  = "terraform-aws-modules/cloudwatch/aws//modules/composite-alarm"
  version = "5.7.2"

  count = var.distribution == null ? 0 : 1

  alarm_name        = "${var.name}-users-slowly"
  alarm_description = "Users get more errors than the month has room for, or wait. Runbook: ${var.runbook_url}/aws-users.md"
  alarm_rule        = join(" OR ", concat(local.burns_slowly, [for key in keys(local.slow) : local.on[key]]))
  alarm_actions     = local.topics["warning"]
  ok_actions        = local.topics["warning"]

  actions_suppressor = {
    alarm = "${var.name}-users"
    # In seconds. Half an hour after the end of a fault its last failures have left the window of half an hour.
    wait_period      = 120
    extension_period = 2100
  }

  depends_on = [module.composite_alarm]
}
