output "zone_id" {
  description = "The zone, for records."
  value       = aws_route53_zone.this.zone_id
}

output "domain" {
  description = "The domain of the zone."
  value       = var.domain
}

output "name_servers" {
  description = "The name servers that the parent has to name."
  value       = aws_route53_zone.this.name_servers
}

output "is_signed" {
  description = "Whether the zone is signed, for alarms on its key."
  value       = var.dnssec
}

output "ds_record" {
  description = "The DS record that the parent has to have when the zone is signed, or null."
  value       = one(aws_route53_key_signing_key.this[*].ds_record)
}
