# What Daypass needs in an AWS account: its own principal, the broker role, and the ceiling that bounds it.
#
#   module "daypass" {
#     source      = "./deploy/terraform"
#     bucket_arns = ["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-uploads"]
#     people_arns = ["arn:aws:iam::123456789012:user/people/*"]
#   }
#
# The documents in policies/ are those of src/daypass/aws/own_permissions.py; a test compares them statement by statement.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  iam = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}"

  # Spelt out and not taken from the resources, which name each other.
  principal_arn     = "${local.iam}:${var.runs_as}/daypass-setup/daypass"
  broker_arn        = "${local.iam}:role/daypass/daypass-broker"
  ceiling_arn       = "${local.iam}:policy/daypass-setup/daypass-broker-ceiling"
  lent_policies_arn = "${local.iam}:policy/daypass/daypass-*"

  # Of DAYPASS_JOURNAL_HEAD=s3://bucket/key; not used without a bucket.
  journal_head_bucket_arn = "arn:${data.aws_partition.current.partition}:s3:::${var.journal_head_bucket}"
  journal_head_arn        = "${local.journal_head_bucket_arn}/${var.journal_head_key}"

  own_tags = merge(var.tags, var.installation == "" ? {} : { "daypass:installation" = var.installation })

  ec2_may_assume = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.${data.aws_partition.current.dns_suffix}" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_policy" "ceiling" {
  name        = "daypass-broker-ceiling"
  path        = "/daypass-setup/"
  description = "The most that any grant of Daypass can hold."
  tags        = var.tags
  policy = templatefile("${path.module}/policies/ceiling.json.tftpl", {
    bucket_arns             = var.bucket_arns
    dns_suffix              = data.aws_partition.current.dns_suffix
    journal_head_bucket     = var.journal_head_bucket
    journal_head_bucket_arn = local.journal_head_bucket_arn
  })
}

resource "aws_iam_policy" "service" {
  name        = "daypass-service"
  path        = "/daypass-setup/"
  description = "What Daypass itself may do."
  tags        = var.tags
  policy = templatefile("${path.module}/policies/service.json.tftpl", {
    principal_arn           = local.principal_arn
    broker_arn              = local.broker_arn
    ceiling_arn             = local.ceiling_arn
    bucket_arns             = var.bucket_arns
    lent_policies_arn       = local.lent_policies_arn
    people_arns             = var.people_arns
    role_arns               = var.role_arns
    journal_head_bucket     = var.journal_head_bucket
    journal_head_bucket_arn = local.journal_head_bucket_arn
    journal_head_arn        = local.journal_head_arn
  })
}

resource "aws_iam_user" "daypass" {
  count = var.runs_as == "user" ? 1 : 0
  name  = "daypass"
  path  = "/daypass-setup/"
  tags  = local.own_tags
}

resource "aws_iam_user_policy_attachment" "service" {
  count      = length(aws_iam_user.daypass)
  user       = aws_iam_user.daypass[count.index].name
  policy_arn = aws_iam_policy.service.arn
}

resource "aws_iam_role" "daypass" {
  count              = var.runs_as == "role" ? 1 : 0
  name               = "daypass"
  path               = "/daypass-setup/"
  assume_role_policy = coalesce(var.principal_trust, local.ec2_may_assume)
  tags               = local.own_tags
}

resource "aws_iam_role_policy_attachment" "service" {
  count      = length(aws_iam_role.daypass)
  role       = aws_iam_role.daypass[count.index].name
  policy_arn = aws_iam_policy.service.arn
}

resource "aws_iam_instance_profile" "daypass" {
  count = length(aws_iam_role.daypass)
  name  = "daypass"
  path  = "/daypass-setup/"
  role  = aws_iam_role.daypass[count.index].name
  tags  = var.tags
}

resource "aws_iam_role" "broker" {
  name                 = "daypass-broker"
  path                 = "/daypass/"
  description          = "Daypass opens sessions on this role, each narrowed to one grant. Nobody else may."
  max_session_duration = var.longest_session
  permissions_boundary = aws_iam_policy.ceiling.arn
  tags                 = local.own_tags
  assume_role_policy = templatefile("${path.module}/policies/trust.json.tftpl", {
    principal_arn = local.principal_arn
  })

  # A trust policy may only name a principal that exists.
  depends_on = [aws_iam_user.daypass, aws_iam_role.daypass]
}

resource "aws_iam_role_policy_attachment" "ceiling" {
  role       = aws_iam_role.broker.name
  policy_arn = aws_iam_policy.ceiling.arn
}
