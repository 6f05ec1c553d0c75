module hello/kubernetes-schemas

go 1.26.0

require (
	github.com/argoproj/argo-cd/v3 v3.4.4
	github.com/external-secrets/external-secrets v1.3.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.6.3
	sigs.k8s.io/karpenter v1.9.0
	sigs.k8s.io/secrets-store-csi-driver v1.6.0
)
