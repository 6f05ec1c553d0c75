# Topics and metrics are of one account and region; alarms made elsewhere would ring nobody, about nothing.

# tflint-ignore: terraform_unused_declarations
data "aws_region" "provider" {
  lifecycle {
    postcondition {
      condition     = self.region == var.region
      error_message = "region is ${var.region}, but the provider is in ${self.region}: give both the same region."
    }
  }
}

# tflint-ignore: terraform_unused_declarations
data "aws_caller_identity" "provider" {
  lifecycle {
    postcondition {
      condition     = self.account_id == var.account_id
      error_message = "account_id is ${var.account_id}, but the provider's credentials are of ${self.account_id}: give it credentials of that account."
    }
  }
}
