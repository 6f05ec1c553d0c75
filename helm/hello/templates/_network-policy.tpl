{{/* Address ranges as peers of a NetworkPolicy. */}}
{{- define "hello.networkPolicy.ranges" -}}
{{- range . }}
- ipBlock:
    cidr: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "hello.networkPolicy.namespace" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ . | quote }}
{{- end }}

{{/* By address: EKS Auto Mode answers DNS on the node, where no pod selector matches. */}}
{{- define "hello.networkPolicy.dns" -}}
- to:
    {{- include "hello.networkPolicy.ranges" .Values.networkPolicy.dnsCidrs | trim | nindent 4 }}
  ports:
    - protocol: UDP
      port: 53
    - protocol: TCP
      port: 53
{{- end }}

{{- define "hello.networkPolicy.database" -}}
- to:
    {{- include "hello.networkPolicy.ranges" .Values.database.cidrs | trim | nindent 4 }}
  ports:
    - protocol: TCP
      port: {{ include "hello.database.port" . }}
{{- end }}
