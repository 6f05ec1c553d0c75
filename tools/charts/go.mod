module hello/charts

go 1.26.0

require (
	sigs.k8s.io/external-dns v0.22.0
	sigs.k8s.io/secrets-store-csi-driver v1.6.0
)
