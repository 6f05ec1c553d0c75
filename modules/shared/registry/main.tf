locals {
  regions = setunion([var.region], var.replica_regions)
  places  = { for place in setproduct(local.regions, var.repositories) : "${place[0]}/${place[1]}" => { region = place[0], repository = place[1] } }

  more_than_a_repository_holds = 1000000

  # Roles that AWS's own services act by, such as replication's.
  service_roles = "arn:aws:iam::${var.account_id}:role/aws-service-role/*"
  refused = {
    Pull = {
      actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      except  = setunion(var.pull_role_arns, var.push_role_arns, [local.service_roles])
    }
    Push = {
      actions = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"]
      except  = setunion(var.push_role_arns, [local.service_roles])
    }
  }
}

module "repository" {
  source  = "terraform-aws-modules/ecr/aws"
  version = "3.2.0"

  for_each = local.places

  region                          = each.value.region
  repository_name                 = "${var.name}/${each.value.repository}"
  repository_encryption_type      = "KMS"
  repository_kms_key              = module.key[each.value.region].key_arn
  repository_image_tag_mutability = "IMMUTABLE"

  # Nothing is allowed here: what roles may do, their own policies say. Those of others don't count.
  create_repository_policy = false
  repository_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for purpose, refused in local.refused : {
        Sid       = purpose
        Effect    = "Deny"
        Principal = "*"
        Action    = refused.actions
        Condition = {
          ArnNotLike   = { "aws:PrincipalArn" = refused.except }
          BoolIfExists = { "aws:PrincipalIsAWSService" = "false" }
        }
      }
    ]
  })

  # Only what has a tag is selected: a rule for the rest would take signatures from the images that they belong to.
  repository_lifecycle_policy = jsonencode({
    rules = [
      # One for each: a rule of several patterns selects what has them all. What a rule selects is out of reach of later ones.
      for index, rule in concat(
        [for pattern in var.kept_tag_patterns : { pattern = pattern, count = local.more_than_a_repository_holds }],
        [{ pattern = "*", count = var.kept_images }],
        ) : {
        rulePriority = index + 1
        description  = rule.pattern == "*" ? "Keeps the newest" : "Keeps ${rule.pattern}"
        selection = {
          tagStatus      = "tagged"
          tagPatternList = [rule.pattern]
          countType      = "imageCountMoreThan"
          countNumber    = rule.count
        }
        action = { type = "expire" }
      }
    ]
  })
}

module "registry" {
  source  = "terraform-aws-modules/ecr/aws"
  version = "3.2.0"

  for_each = local.regions

  region            = each.value
  create_repository = false

  manage_registry_scanning_configuration = true
  registry_scan_type                     = "BASIC"
  registry_scan_rules = [{
    scan_frequency = "SCAN_ON_PUSH"
    filter         = [{ filter = "${var.name}/*", filter_type = "WILDCARD" }]
  }]

  create_registry_replication_configuration = each.value == var.region && length(var.replica_regions) > 0
  registry_replication_rules = [{
    destinations       = [for region in var.replica_regions : { region = region, registry_id = var.account_id }]
    repository_filters = [{ filter = "${var.name}/", filter_type = "PREFIX_MATCH" }]
  }]

  # What is pushed first finds its copies' repositories made.
  depends_on = [module.repository]
}

module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  for_each = local.regions

  region                  = each.value
  description             = "Images and charts of ${var.name}"
  aliases                 = ["${var.name}-registry"]
  deletion_window_in_days = var.key_deletion_days
}
