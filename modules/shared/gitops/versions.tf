terraform {
  # 1.11 brought write-only arguments, which modules beside this one need; one minimum for all.
  required_version = ">= 1.11.1"

  required_providers {
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1, < 4.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.38, < 3.0"
    }
  }
}
