{{/* Volume of SQLite's file. */}}
{{- define "hello.persistence.volume" -}}
name: data
{{- if .Values.persistence.enabled }}
persistentVolumeClaim:
  claimName: {{ default (include "hello.fullname" .) .Values.persistence.existingClaim | quote }}
{{- else }}
emptyDir: {}
{{- end }}
{{- end }}
