output "repository_arns" {
  description = "The repositories that are pushed to as IAM policies name them, by name without the namespace."
  value       = { for repository in var.repositories : repository => module.repository["${var.region}/${repository}"].repository_arn }
}

output "repository_urls" {
  description = "Where images and charts are pushed to and pulled from, by region and name without the namespace: each cluster pulls from its own region."
  value = {
    for region in local.regions : region => {
      for repository in var.repositories : repository => module.repository["${region}/${repository}"].repository_url
    }
  }
}

output "key_arns" {
  description = "The keys of the repositories, by region."
  value       = { for region, key in module.key : region => key.key_arn }
}
