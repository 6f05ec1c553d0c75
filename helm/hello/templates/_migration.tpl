{{/* Whether a Job migrates: yes or nothing. */}}
{{- define "hello.migration.enabled" -}}
{{- if and (eq (include "hello.database.kind" .) "server") (eq .Values.migration.by "job") }}yes{{ end }}
{{- end }}

{{/* The Job's spec, whose hash its name carries: it can't be changed, so a change is a new Job. */}}
{{- define "hello.migration.spec" -}}
{{- $credentials := dict "root" . "credentials" .Values.migration.credentials "name" (include "hello.migration.fullname" .) -}}
completions: 1
parallelism: 1
completionMode: NonIndexed
backoffLimit: {{ .Values.migration.backoffLimit }}
podReplacementPolicy: Failed
podFailurePolicy:
  rules:
    # An evicted pod is no failed attempt; a wrong setting, status 2, gets no better by another.
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
    - action: FailJob
      onExitCodes:
        containerName: migration
        operator: In
        values: [2]
template:
  metadata:
    labels:
      {{- include "hello.migration.selectorLabels" . | nindent 6 }}
  spec:
    {{- include "hello.pod" (dict "root" . "serviceAccountName" (include "hello.migration.serviceAccountName" .)) | nindent 4 }}
    restartPolicy: Never
    containers:
      - name: migration
        {{- include "hello.container" . | nindent 8 }}
        args: [migrate]
        env:
          {{- range $name, $value := include "hello.database.settings" $credentials | fromYaml }}
          - name: {{ $name | quote }}
            value: {{ $value | quote }}
          {{- end }}
        {{- with include "hello.database.volumeMounts" $credentials | trim }}
        volumeMounts:
          {{- . | nindent 10 }}
        {{- end }}
    {{- with include "hello.database.volumes" $credentials | trim }}
    volumes:
      {{- . | nindent 6 }}
    {{- end }}
{{- end }}
