module "certificate" {
  source  = "terraform-aws-modules/acm/aws"
  version = "6.3.0"

  domain_name               = var.domain
  subject_alternative_names = sort(var.alternative_names)
  zone_id                   = var.zone_id

  validation_method   = "DNS"
  wait_for_validation = true
  # One that is there is another certificate's, which its end would take from it.
  validation_allow_overwrite_records          = false
  certificate_transparency_logging_preference = true

  tags = { Name = var.domain }
}
