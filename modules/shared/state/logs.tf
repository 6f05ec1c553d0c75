# Who read or wrote which state.
resource "aws_s3_bucket" "log" {
  #checkov:skip=CKV_AWS_21:Entries are written once and end; there are no older versions.
  #checkov:skip=CKV_AWS_144:A copy would tell of what is not there.
  #checkov:skip=CKV_AWS_145:S3 writes access logs with its own key only.
  #checkov:skip=CKV2_AWS_62:Nobody waits for them.

  bucket = "${var.bucket}-log"
}

resource "aws_s3_bucket_logging" "states" {
  bucket        = aws_s3_bucket.states.bucket
  target_bucket = aws_s3_bucket.log.bucket
  target_prefix = "states/"

  depends_on = [aws_s3_bucket_policy.log]
}

# S3 writes its logs with no other key than its own.
resource "aws_s3_bucket_server_side_encryption_configuration" "log" {
  bucket = aws_s3_bucket.log.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "log" {
  bucket = aws_s3_bucket.log.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "log" {
  #checkov:skip=CKV_AWS_300:S3 writes each file of the log at once, in no parts.

  bucket = aws_s3_bucket.log.bucket

  rule {
    id     = "old-logs"
    status = "Enabled"

    filter {}

    expiration {
      days = var.log_retention_days
    }
  }
}

resource "aws_s3_bucket_policy" "log" {
  bucket = aws_s3_bucket.log.bucket
  policy = data.aws_iam_policy_document.log.json
}

data "aws_iam_policy_document" "log" {
  statement {
    sid       = "Write"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.log.arn}/states/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:aws:s3:::${var.bucket}"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }

  statement {
    sid       = "EnforcedTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.log.arn, "${aws_s3_bucket.log.arn}/*"]

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
}
