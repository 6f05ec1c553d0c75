# What CloudFront's function does with each request: docs/decisions/0012 and 0026.

locals {
  # Where AWS's regions are, in degrees: at the city that AWS names, or one beside it. From GeoNames, to a tenth.
  locations = jsondecode(file("${path.module}/locations.json"))

  # With one, the function names it all the same: it overrules the distribution, and is published before.
  serving_regions  = setunion([var.serving_region], var.active_regions)
  chooses_region   = length(local.serving_regions) > 1
  unplaced_regions = setsubtract(local.serving_regions, keys(local.locations))

  # By which an origin, or CloudFront for it, says that it is down.
  unavailable_codes = [502, 503, 504]

  viewer_request_code = join("", [
    templatefile("${path.module}/viewer-request.js.tftpl", {
      health_path         = jsonencode(var.health_path)
      body                = jsonencode(var.unavailable.body)
      retry_after_seconds = var.unavailable.retry_after_seconds
      chooses_region      = local.chooses_region
      serving_region      = jsonencode(var.serving_region)
    }),
    local.chooses_region ? templatefile("${path.module}/nearest-region.js.tftpl", {
      serving_region = jsonencode(var.serving_region)
      failover_codes = jsonencode(local.unavailable_codes)
      regions = jsonencode({
        for region in setsubtract(local.serving_regions, local.unplaced_regions) : region => {
          latitude  = local.locations[region].latitude
          longitude = local.locations[region].longitude
        }
      })
    }) : "",
  ])
}

# A function sees where the viewer is, if the origin is told too. AWS's own policy for that would tell it all else that
# CloudFront knows of the viewer.
resource "aws_cloudfront_origin_request_policy" "viewer_location" {
  for_each = toset(local.chooses_region ? ["this"] : [])

  name    = "${var.name}-viewer-location"
  comment = "All that the viewer sent, and where the viewer is"

  cookies_config {
    cookie_behavior = "all"
  }

  headers_config {
    header_behavior = "allViewerAndWhitelistCloudFront"
    headers {
      items = ["CloudFront-Viewer-Latitude", "CloudFront-Viewer-Longitude"]
    }
  }

  query_strings_config {
    query_string_behavior = "all"
  }

  lifecycle {
    # The distribution lets go of it before it is deleted.
    create_before_destroy = true

    precondition {
      condition     = length(local.unplaced_regions) == 0
      error_message = "Where ${join(", ", local.unplaced_regions)} is, isn't known: add it to modules/shared/edge/locations.json."
    }
  }
}
