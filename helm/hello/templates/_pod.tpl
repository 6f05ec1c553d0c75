{{/* What every pod has, whichever its containers. Takes a dict: root, serviceAccountName. */}}
{{- define "hello.pod" -}}
{{- with .root.Values -}}
serviceAccountName: {{ $.serviceAccountName | quote }}
automountServiceAccountToken: {{ .serviceAccount.automount }}
enableServiceLinks: false
{{- with .imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* What every container has. */}}
{{- define "hello.container" -}}
image: {{ include "hello.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy | quote }}
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
