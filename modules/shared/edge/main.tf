locals {
  # CloudFront's own policies: what the origin's Cache-Control allows is cached, by host, query and cookies; nothing; all
  # that the viewer sent goes to the origin.
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
  cache_as_origin_says = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
  cache_nothing        = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  forward_all          = "216adef6-5c7f-47e4-b989-5492eafa07d3"

  health_paths     = { for region in keys(var.origins) : region => "/.origins/${region}" }
  unavailable_path = "/.errors/unavailable"

  # Every code that CloudFront caches, and for ten seconds unless told, `no-store` or not.
  error_codes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]
}

module "distribution" {
  #checkov:skip=CKV_AWS_86:It has an access log by the newer deliveries of logs.tf, which checkov does not know.
  #checkov:skip=CKV_AWS_259:Its own name for two years; names below it and the browsers' lists are the domain's owner's to decide.
  #checkov:skip=CKV_AWS_305:The API has no page at its root.
  #checkov:skip=CKV_AWS_310:CloudFront takes no origin group where PUT is allowed.
  #checkov:skip=CKV_AWS_374:Users may be anywhere.
  #checkov:skip=CKV2_AWS_32:Each behaviour has a policy, by an ID that checkov does not follow.
  #checkov:skip=CKV2_AWS_47:The web ACL has known-bad-inputs, which knows Log4j; checkov does not follow it.

  source  = "terraform-aws-modules/cloudfront/aws"
  version = "6.6.0"

  comment         = var.name
  aliases         = sort(var.domains)
  web_acl_id      = var.web_acl_arn
  http_version    = "http2and3"
  is_ipv6_enabled = true
  price_class     = var.price_class

  # The latency of the origin, which an alarm needs, is an additional metric.
  create_monitoring_subscription = true

  viewer_certificate = {
    acm_certificate_arn      = var.certificate_arn
    minimum_protocol_version = "TLSv1.2_2025"
    ssl_support_method       = "sni-only"
  }

  origin = merge(
    {
      for region, hostname in var.origins : region => {
        domain_name         = hostname
        connection_attempts = 2
        connection_timeout  = 5
        custom_origin_config = {
          http_port              = 80
          https_port             = 443
          origin_protocol_policy = "https-only"
          origin_ssl_protocols   = ["TLSv1.2"]
          origin_read_timeout    = 30
          # Less than the 60 seconds after which a load balancer closes a connection that is idle.
          origin_keepalive_timeout = 55
        }
      }
    },
    {
      unavailable = {
        domain_name               = split("/", aws_lambda_function_url.unavailable.function_url)[2]
        origin_access_control_key = "unavailable"
        custom_origin_config = {
          http_port              = 80
          https_port             = 443
          origin_protocol_policy = "https-only"
          origin_ssl_protocols   = ["TLSv1.2"]
        }
      }
    },
  )

  default_cache_behavior = {
    target_origin_id            = var.serving_region
    viewer_protocol_policy      = "https-only"
    allowed_methods             = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    cached_methods              = ["GET", "HEAD"]
    compress                    = true
    cache_policy_id             = local.cache_as_origin_says
    origin_request_policy_id    = local.chooses_region ? aws_cloudfront_origin_request_policy.viewer_location["this"].id : local.forward_all
    response_headers_policy_key = "security"
    function_association        = { viewer-request = { function_key = "viewer-request" } }
  }

  ordered_cache_behavior = concat(
    [
      for region in keys(var.origins) : {
        path_pattern                = local.health_paths[region]
        target_origin_id            = region
        viewer_protocol_policy      = "https-only"
        allowed_methods             = ["GET", "HEAD"]
        cached_methods              = ["GET", "HEAD"]
        compress                    = true
        cache_policy_id             = local.cache_nothing
        cache_policy_key            = null
        origin_request_policy_id    = local.forward_all
        response_headers_policy_key = "security"
        function_association        = { viewer-request = { function_key = "viewer-request" } }
      }
    ],
    [{
      path_pattern                = local.unavailable_path
      target_origin_id            = "unavailable"
      viewer_protocol_policy      = "https-only"
      allowed_methods             = ["GET", "HEAD"]
      cached_methods              = ["GET", "HEAD"]
      compress                    = true
      cache_policy_id             = null
      cache_policy_key            = "unavailable"
      origin_request_policy_id    = null
      response_headers_policy_key = "security"
      function_association        = {}
    }],
  )

  custom_error_response = [
    for code in local.error_codes : {
      error_code            = code
      error_caching_min_ttl = 0
      response_code         = contains(local.unavailable_codes, code) ? 503 : null
      response_page_path    = contains(local.unavailable_codes, code) ? local.unavailable_path : null
    }
  ]

  cache_policies = {
    unavailable = {
      name        = "${var.name}-unavailable"
      comment     = "Kept at the edge, so that it is there when it is needed"
      min_ttl     = 60
      default_ttl = 60
      max_ttl     = 60
      parameters_in_cache_key_and_forwarded_to_origin = {
        enable_accept_encoding_gzip = true
        cookies_config              = { cookie_behavior = "none" }
        headers_config              = { header_behavior = "none" }
        query_strings_config        = { query_string_behavior = "none" }
      }
    }
  }

  response_headers_policies = {
    security = {
      name    = "${var.name}-security"
      comment = "What the origin says itself stays"
      security_headers_config = {
        content_type_options      = { override = true }
        frame_options             = { frame_option = "DENY", override = false }
        referrer_policy           = { referrer_policy = "no-referrer", override = false }
        strict_transport_security = { access_control_max_age_sec = 63072000, override = true }
      }
    }
  }

  cloudfront_functions = {
    viewer-request = {
      name                         = "${var.name}-viewer-request"
      comment                      = "Shows load balancers that a request came through the distribution"
      publish                      = true
      key_value_store_associations = [aws_cloudfront_key_value_store.this.arn]
      code                         = local.viewer_request_code
    }
  }

  origin_access_control = {
    unavailable = {
      name             = "${var.name}-unavailable"
      description      = "Calls the function that answers for an origin that is down"
      origin_type      = "lambda"
      signing_behavior = "always"
      signing_protocol = "sigv4"
    }
  }
}
