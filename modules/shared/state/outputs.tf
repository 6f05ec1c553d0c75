output "key_arn" {
  description = "The key of the states; who plans or applies uses it."
  value       = module.key.key_arn
}
