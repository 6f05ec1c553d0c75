output "alarm_names" {
  description = "Alarms that ring, by what they ring: `critical` or `warning`."
  value = {
    for severity in keys(var.topic_arns) : severity => sort(concat(
      [for key, alarm in local.definitions : "${var.name}-${key}" if alarm.rings == severity],
      [for key, composite in local.composites : "${var.name}-${key}" if composite.rings == severity],
      severity == "warning" ? [for alarm in module.slow_alarm : "${var.name}-users-slowly"] : [],
    ))
  }
}

output "dashboard_name" {
  description = "Dashboard of the application in this region."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
