locals {
  rotation_name    = "${var.name}-rotation"
  rotation_package = "${path.module}/rotation.zip"
}

resource "aws_secretsmanager_secret_rotation" "this" {
  for_each = var.role == "primary" ? local.rotated : []

  secret_id           = local.is_new ? aws_secretsmanager_secret_version.initial[each.value].secret_id : data.aws_secretsmanager_secret.promoted[each.value].arn
  rotation_lambda_arn = aws_lambda_function.rotation.arn

  rotation_rules {
    automatically_after_days = var.rotation_days
  }

  # The first rotation, at once, makes the users.
  depends_on = [aws_lambda_permission.rotation, module.cluster]
}

resource "aws_lambda_function" "rotation" {
  #checkov:skip=CKV_AWS_115:It waits on the database; reserved executions would be taken from the account.
  #checkov:skip=CKV_AWS_116:Secrets Manager calls it, tries again by itself and tells of failures; a queue would get nothing.

  function_name = local.rotation_name
  description   = "Rotates the secrets of the database ${var.name}, and makes its users"
  role          = aws_iam_role.rotation.arn
  runtime       = "nodejs24.x"
  architectures = ["arm64"]
  handler       = "index.handler"
  memory_size   = 256
  timeout       = 60

  filename         = local.rotation_package
  source_code_hash = fileexists(local.rotation_package) ? filebase64sha256(local.rotation_package) : null
  kms_key_arn      = module.key.key_arn

  vpc_config {
    subnet_ids         = var.application_subnet_ids
    security_group_ids = [aws_security_group.rotation.id]
  }

  environment {
    variables = {
      DATABASE_HOST = module.cluster.cluster_endpoint
      DATABASE_PORT = module.cluster.cluster_port
      DATABASE_NAME = var.database_name
      MASTER_SECRET = local.secret_names["master"]
      # The authorities of RDS, which the runtime brings but does not trust by itself.
      NODE_EXTRA_CA_CERTS = "/var/runtime/ca-cert.pem"
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.rotation.name
  }

  lifecycle {
    precondition {
      condition     = fileexists(local.rotation_package)
      error_message = "${local.rotation_package} is missing: build it with `bun run build`."
    }
  }

  # Lambda makes and deletes the network interfaces by the role's permissions.
  depends_on = [aws_iam_role_policy.rotation]
}

resource "aws_lambda_permission" "rotation" {
  for_each = local.rotated

  function_name  = aws_lambda_function.rotation.function_name
  action         = "lambda:InvokeFunction"
  principal      = "secretsmanager.amazonaws.com"
  source_account = var.account_id
  source_arn     = local.secret_arn_patterns[each.value]
}

resource "aws_cloudwatch_log_group" "rotation" {
  name              = "/aws/lambda/${local.rotation_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = module.key.key_arn
}

resource "aws_security_group" "rotation" {
  name        = local.rotation_name
  description = "Rotation of the secrets of the database ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = local.rotation_name }
}

resource "aws_vpc_security_group_egress_rule" "rotation_to_database" {
  security_group_id            = aws_security_group.rotation.id
  description                  = "Database"
  referenced_security_group_id = module.cluster.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "rotation_to_secrets_manager" {
  security_group_id = aws_security_group.rotation.id
  description       = "Secrets Manager, by NAT or an endpoint"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_iam_role" "rotation" {
  name                 = "${local.regional_name}-rotation"
  description          = "Rotation of the secrets of the database ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.rotation_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "rotation" {
  #checkov:skip=CKV_AWS_290:Lambda joins the network with it, for which AWS knows no narrower resource; the code may not.

  name   = "rotation"
  role   = aws_iam_role.rotation.id
  policy = data.aws_iam_policy_document.rotation.json
}

data "aws_iam_policy_document" "rotation_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

locals {
  # By name, since a replica's ARN is known only where it was made; Secrets Manager adds six characters.
  secret_arn_patterns = {
    for purpose, name in local.secret_names :
    purpose => "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:${name}-??????"
  }
}

data "aws_iam_policy_document" "rotation" {
  #checkov:skip=CKV_AWS_111:Lambda joins the network with it, for which AWS knows no narrower resource; the code may not.

  statement {
    sid       = "ReadMaster"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [local.secret_arn_patterns["master"]]
  }

  statement {
    sid = "Rotate"
    actions = [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ]
    resources = [for purpose in local.rotated : local.secret_arn_patterns[purpose]]
  }

  statement {
    sid       = "UseSecretsKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["arn:aws:kms:${var.region}:${var.account_id}:key/*"]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = ["alias/${local.secrets_key_alias}"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.rotation.arn}:*"]
  }

  # What a function in a network needs; AWS knows no narrower resource for the first two.
  statement {
    sid = "JoinNetwork"
    actions = [
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]
  }

  # Those above are Lambda's to call, not the function's code.
  statement {
    sid    = "KeepCodeFromNetwork"
    effect = "Deny"
    actions = [
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "lambda:SourceFunctionArn"
      values   = ["arn:aws:lambda:${var.region}:${var.account_id}:function:${local.rotation_name}"]
    }
  }
}
