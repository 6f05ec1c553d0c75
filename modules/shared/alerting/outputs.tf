output "topic_arns" {
  description = "Topics by severity: `critical` and `warning` for alarms to ring, `reports` for what the troubleshooting function finds."
  value       = { for severity, topic in module.topic : severity => topic.topic_arn }
}

output "key_arn" {
  description = "The key of topics, log and environment of the function."
  value       = module.key.key_arn
}

output "troubleshooting_function_name" {
  description = "The function that reports; dimension of its metrics."
  value       = aws_lambda_function.troubleshooting.function_name
}
