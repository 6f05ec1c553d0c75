output "namespace" {
  description = "Namespace of Argo CD."
  value       = kubernetes_namespace_v1.argocd.metadata[0].name
}

output "cluster_secret_name" {
  description = "Secret in that namespace whose labels and annotations are the facts."
  value       = kubernetes_secret_v1.cluster.metadata[0].name
}
