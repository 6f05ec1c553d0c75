output "web_acl_arn" {
  description = "The web ACL, for a distribution or a load balancer."
  value       = aws_wafv2_web_acl.this.arn
}

output "web_acl_name" {
  description = "The web ACL; dimension `WebACL` of its metrics."
  value       = aws_wafv2_web_acl.this.name
}

output "log_group_name" {
  description = "The log of blocked and counted requests."
  value       = aws_cloudwatch_log_group.this.name
}
