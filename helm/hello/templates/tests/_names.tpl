{{- define "hello.test.fullname" -}}
{{- include "hello.suffixed" (list (include "hello.fullname" .) "test") }}
{{- end }}

{{- define "hello.test.selectorLabels" -}}
app.kubernetes.io/name: {{ include "hello.suffixed" (list (include "hello.name" .) "test") | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}
