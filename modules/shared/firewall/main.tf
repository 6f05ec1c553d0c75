locals {
  at_edge = var.scope == "CLOUDFRONT"

  # What a load balancer's web ACL inspects of a body, a fixed limit; CloudFront's inspects 16,384.
  body_limit = 8192

  # In this order, after our own rules. By source address only where the viewers' addresses are seen.
  managed_groups = concat(
    local.at_edge ? ["AWSManagedRulesAmazonIpReputationList"] : [],
    ["AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet"],
  )
}

resource "aws_wafv2_web_acl" "this" {
  name        = var.name
  description = local.at_edge ? "Viewers of ${var.name}" : "Load balancers of ${var.name}"
  scope       = var.scope

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = var.origin_check_rule_group_arn[*]

    content {
      name     = "origin-check"
      priority = 0

      override_action {
        none {}
      }

      statement {
        rule_group_reference_statement {
          arn = rule.value
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "origin-check"
        sampled_requests_enabled   = false
      }
    }
  }

  # Before the common group's, which answers 403.
  rule {
    name     = "body-size"
    priority = 1

    action {
      dynamic "count" {
        for_each = var.count_only ? [true] : []

        content {}
      }

      dynamic "block" {
        for_each = var.count_only ? [] : [true]

        content {
          custom_response {
            response_code            = 413
            custom_response_body_key = "too-large"
          }
        }
      }
    }

    statement {
      size_constraint_statement {
        comparison_operator = "GT"
        size                = local.body_limit

        field_to_match {
          body {
            oversize_handling = "MATCH"
          }
        }

        text_transformation {
          priority = 0
          type     = "NONE"
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "body-size"
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = local.at_edge ? [var.rate_limit] : []

    content {
      name     = "rate"
      priority = 2

      action {
        dynamic "count" {
          for_each = var.count_only ? [true] : []

          content {}
        }

        dynamic "block" {
          for_each = var.count_only ? [] : [true]

          content {
            custom_response {
              response_code            = 429
              custom_response_body_key = "too-many"

              response_header {
                name  = "Retry-After"
                value = "300"
              }
            }
          }
        }
      }

      statement {
        rate_based_statement {
          aggregate_key_type    = "IP"
          evaluation_window_sec = 300
          limit                 = rule.value
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "rate"
        sampled_requests_enabled   = false
      }
    }
  }

  dynamic "rule" {
    for_each = local.managed_groups

    content {
      name     = rule.value
      priority = 10 + rule.key

      override_action {
        dynamic "count" {
          for_each = var.count_only ? [true] : []

          content {}
        }

        dynamic "none" {
          for_each = var.count_only ? [] : [true]

          content {}
        }
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.value
        sampled_requests_enabled   = false
      }
    }
  }

  custom_response_body {
    key          = "too-large"
    content_type = "APPLICATION_JSON"
    content      = jsonencode({ detail = "Content Too Large" })
  }

  custom_response_body {
    key          = "too-many"
    content_type = "APPLICATION_JSON"
    content      = jsonencode({ detail = "Too Many Requests" })
  }

  # In every output, also in what a rule tells that it matched, for which a log's own redaction does not reach into bodies
  # and query arguments.
  data_protection_config {
    data_protection {
      action = "SUBSTITUTION"

      field {
        field_type = "SINGLE_HEADER"
        field_keys = sort(var.redacted_headers)
      }
    }

    dynamic "data_protection" {
      for_each = ["BODY", "QUERY_STRING"]

      content {
        action = "SUBSTITUTION"

        field {
          field_type = data_protection.value
        }
      }
    }
  }

  # Samples would show paths.
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = false
  }
}
