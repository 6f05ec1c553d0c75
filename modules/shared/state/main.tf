# Made by `terragrunt --backend-bootstrap`, adopted by import: see README.md.
resource "aws_s3_bucket" "states" {
  #checkov:skip=CKV_AWS_144:States of a lost region say nothing that helps elsewhere; each region has its own.
  #checkov:skip=CKV2_AWS_62:Nobody waits for them.

  bucket = var.bucket

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "states" {
  bucket = aws_s3_bucket.states.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "states" {
  bucket = aws_s3_bucket.states.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = module.key.key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "states" {
  bucket = aws_s3_bucket.states.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "states" {
  bucket = aws_s3_bucket.states.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "states" {
  bucket = aws_s3_bucket.states.bucket

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days           = var.version_retention_days
      newer_noncurrent_versions = 10
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # They hold values, and count for the code that they were made of only.
  rule {
    id     = "plans"
    status = "Enabled"

    filter {
      prefix = "plans/"
    }

    expiration {
      days = 30
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.states]
}

resource "aws_s3_bucket_policy" "states" {
  bucket = aws_s3_bucket.states.bucket
  policy = data.aws_iam_policy_document.states.json
}

data "aws_iam_policy_document" "states" {
  # This and the next are Terragrunt's, by the names that it looks for: it would add them again.
  statement {
    sid       = "RootAccess"
    actions   = ["s3:*"]
    resources = local.all

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account_id}:root"]
    }
  }

  statement {
    sid       = "EnforcedTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = local.all

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  # Nobody; the rule of the lifecycle is not bound by it.
  statement {
    sid       = "KeepStates"
    effect    = "Deny"
    actions   = ["s3:DeleteBucket", "s3:DeleteObjectVersion"]
    resources = local.all

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }

  # What names no encryption gets the bucket's, which is by our key.
  statement {
    sid       = "NoOtherKey"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::${var.bucket}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = [module.key.key_arn]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = ["false"]
    }
  }

  statement {
    sid       = "NoEncryptionWithoutKey"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::${var.bucket}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = ["true"]
    }
  }
}

locals {
  all = ["arn:aws:s3:::${var.bucket}", "arn:aws:s3:::${var.bucket}/*"]
}

module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  description             = "States in ${var.bucket}"
  aliases                 = ["${var.name}-state"]
  deletion_window_in_days = 30
}
