locals {
  # The cluster that Argo CD runs in.
  server = "https://kubernetes.default.svc"
}

# Auto Mode enforces no NetworkPolicy until this says so.
resource "kubernetes_config_map_v1" "network_policy" {
  metadata {
    name      = "amazon-vpc-cni"
    namespace = "kube-system"
  }

  data = { "enable-network-policy-controller" = "true" }
}

resource "kubernetes_namespace_v1" "argocd" {
  metadata {
    name   = "argocd"
    labels = { "pod-security.kubernetes.io/enforce" = "restricted" }
  }
}

resource "helm_release" "argocd" {
  name       = "argocd"
  namespace  = kubernetes_namespace_v1.argocd.metadata[0].name
  repository = var.chart_repository
  chart      = "argo-cd"
  version    = var.chart_version
  atomic     = true
  timeout    = 900

  values = [yamlencode({
    global = {
      # The built-in pool `system`: it is there before any other, and in a standby the only one.
      nodeSelector  = { "karpenter.sh/nodepool" = "system" }
      tolerations   = [{ key = "CriticalAddonsOnly", operator = "Exists" }]
      logging       = { format = "json" }
      networkPolicy = { create = true, defaultDenyIngress = true }
    }

    configs = {
      cm = merge(
        # Nobody logs in: people look at it by their access to the cluster (`argocd --core`).
        { "admin.enabled" = false },
        # Kinds whose health Argo CD would not wait for before it goes on to the next sync wave.
        { for kind, file in { "argoproj.io_Application" = "application", "eks.amazonaws.com_NodeClass" = "node-class" } :
        "resource.customizations.health.${kind}" => file("${path.module}/health/${file}.lua") },
      )
    }
    server = { replicas = 0 }
    dex    = { enabled = false }

    notifications = { enabled = false }

    controller     = { resources = local.resources.controller }
    repoServer     = { resources = local.resources.repository }
    applicationSet = { resources = local.resources.application_sets }
    redis          = { resources = local.resources.redis }
  })]

  depends_on = [kubernetes_config_map_v1.network_policy]
}

locals {
  # Memory requested is the limit, CPU has none, as for the application. To start with: the README says what to watch.
  resources = {
    for part, need in {
      controller       = { cpu = "250m", memory = "1Gi" }
      repository       = { cpu = "100m", memory = "512Mi" }
      application_sets = { cpu = "50m", memory = "256Mi" }
      redis            = { cpu = "50m", memory = "128Mi" }
    } : part => { requests = need, limits = { memory = need.memory } }
  }
}

# The only bridge from Terraform to Argo CD: application sets select by the labels and read the annotations.
resource "kubernetes_secret_v1" "cluster" {
  metadata {
    name      = var.cluster_name
    namespace = kubernetes_namespace_v1.argocd.metadata[0].name

    labels = merge(var.labels, {
      "argocd.argoproj.io/secret-type" = "cluster"
      region                           = var.region
      role                             = var.role
    })
    annotations = merge(var.facts, {
      zones               = join(",", var.zones)
      repository_url      = var.repository_url
      repository_revision = var.repository_revision
    })
  }

  data = {
    name   = var.cluster_name
    server = local.server
    config = jsonencode({ tlsClientConfig = { insecure = false } })
  }
}

resource "helm_release" "start" {
  name       = "start"
  namespace  = kubernetes_namespace_v1.argocd.metadata[0].name
  repository = var.chart_repository
  chart      = "argocd-apps"
  version    = var.apps_chart_version
  timeout    = 1800

  values = [yamlencode({
    # Its own, since the others come by it, and Argo CD's `default` allows everything until they do.
    projects = {
      start = {
        namespace   = kubernetes_namespace_v1.argocd.metadata[0].name
        description = "What brings the projects and the sets of applications."
        # A destroy takes the application first: without its project it couldn't end.
        finalizers  = ["resources-finalizer.argocd.argoproj.io"]
        sourceRepos = [var.repository_url]
        destinations = [{
          server    = local.server
          namespace = kubernetes_namespace_v1.argocd.metadata[0].name
        }]
        namespaceResourceWhitelist = [
          { group = "argoproj.io", kind = "AppProject" },
          { group = "argoproj.io", kind = "ApplicationSet" },
        ]
      }
    }
    applications = {
      start = {
        namespace = kubernetes_namespace_v1.argocd.metadata[0].name
        project   = "start"
        # A destroy waits until everything that it brought is gone, load balancers included; volumes of claims and records
        # outlive it.
        finalizers = ["resources-finalizer.argocd.argoproj.io"]
        source = {
          repoURL        = var.repository_url
          targetRevision = var.repository_revision
          path           = var.repository_path
        }
        destination = {
          server    = local.server
          namespace = kubernetes_namespace_v1.argocd.metadata[0].name
        }
        syncPolicy = { automated = { prune = true, selfHeal = true } }
      }
    }
  })]

  depends_on = [helm_release.argocd, kubernetes_secret_v1.cluster]
}
