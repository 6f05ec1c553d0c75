module "certificate" {
  source  = "terraform-aws-modules/acm/aws"
  version = "6.3.0"

  domain_name               = var.domain
  subject_alternative_names = sort(var.alternative_names)
  zone_id                   = var.zone_id

  validation_method   = "DNS"
  wait_for_validation = true
  # The same names have the same record in every region: each certificate may write it.
  validation_allow_overwrite_records          = true
  certificate_transparency_logging_preference = true

  tags = { Name = var.domain }
}
