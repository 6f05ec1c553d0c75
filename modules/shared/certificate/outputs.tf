output "arn" {
  description = "The certificate, once it is issued."
  value       = module.certificate.acm_certificate_arn
}
