output "broker_role" {
  description = "Set DAYPASS_AWS_BROKER_ROLE to this."
  value       = aws_iam_role.broker.arn
}

output "principal" {
  description = "Daypass itself runs as this."
  value       = local.principal_arn
}
