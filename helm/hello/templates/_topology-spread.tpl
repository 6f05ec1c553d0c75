{{/*
Spreads the pods of one ReplicaSet (pod-template-hash). Nodes whose taints the pods don't tolerate, such as those of a lost
zone, don't count, so that the zones that are left stay even among themselves; no minDomains, which would ask for more.
*/}}
{{- define "hello.topologySpread" -}}
{{- $constraints := list (list "topology.kubernetes.io/zone" .Values.topologySpread.zones) (list "kubernetes.io/hostname" .Values.topologySpread.nodes) }}
{{- range $constraints }}
{{- if last . }}
- topologyKey: {{ first . | quote }}
  maxSkew: 1
  whenUnsatisfiable: {{ last . | quote }}
  nodeAffinityPolicy: Honor
  nodeTaintsPolicy: Honor
  matchLabelKeys: [pod-template-hash]
  labelSelector:
    matchLabels:
      {{- include "hello.selectorLabels" $ | nindent 6 }}
{{- end }}
{{- end }}
{{- end }}
