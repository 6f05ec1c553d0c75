{{- define "hello.refusals" -}}{{- end }}
