{{- define "namespace" -}}
apiVersion: v1
kind: Namespace
metadata:
  name: {{ .name }}
  labels:
    pod-security.kubernetes.io/enforce: {{ .level }}
  annotations:
    # With a namespace everything in it would go: somebody has to say yes.
    argocd.argoproj.io/sync-options: Prune=confirm
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: closed
  namespace: {{ .name }}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
{{- end }}

{{- /* Names, by address: EKS Auto Mode answers DNS on the node, where no pod selector matches. */ -}}
{{- define "names" -}}
- to:
    - ipBlock: { cidr: 10.0.0.0/8 }
    - ipBlock: { cidr: 100.64.0.0/10 }
    - ipBlock: { cidr: 169.254.0.0/16 }
    - ipBlock: { cidr: 172.16.0.0/12 }
    - ipBlock: { cidr: 192.168.0.0/16 }
    - ipBlock: { cidr: fc00::/7 }
  ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
{{- end }}

{{- /* The Kubernetes API and AWS, whose addresses nobody knows before. */ -}}
{{- define "https" -}}
- ports:
    - { protocol: TCP, port: 443 }
{{- end }}

{{- /* The agent of Pod Identity on the node. */ -}}
{{- define "pod-identity" -}}
- to:
    - ipBlock: { cidr: 169.254.170.23/32 }
    - ipBlock: { cidr: "fd00:ec2::23/128" }
  ports:
    - { protocol: TCP, port: 80 }
{{- end }}

{{- define "within" -}}
- {{ . }}:
    - podSelector: {}
{{- end }}
