terraform {
  # 1.11 brought write-only arguments, which modules beside this one need; one minimum for all.
  required_version = ">= 1.11.1"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.42, < 7.0"
    }
  }
}
