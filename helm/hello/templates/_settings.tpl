{{/* Seconds as a text of milliseconds. */}}
{{- define "hello.milliseconds" -}}
{{- mul . 1000 }}
{{- end }}

{{/* The settings that other values decide, as YAML: each with these values. */}}
{{- define "hello.settings.decided" -}}
HOST: listenAddress
PORT: service.targetPort
MANAGEMENT_HOST: listenAddress
MANAGEMENT_PORT: managementPort
DATABASE_URL: database.url
DATABASE_CREDENTIALS_FILE: database.credentials
DATABASE_CA_FILE: database.certificateAuthority
DATABASE_POOL_MAX: database.poolMax
MIGRATE: migration.by
DRAIN_DELAY: drain.delaySeconds
SHUTDOWN_TIMEOUT: drain.timeoutSeconds
{{- end }}

{{/* The settings of the serving pods, as YAML. Numbers of a values file are floating-point: written as integers. */}}
{{- define "hello.settings" -}}
{{- $database := include "hello.database.settings" (dict "root" . "credentials" .Values.database.credentials) | fromYaml }}
{{- $settings := merge $database (dict
  "HOST" .Values.listenAddress
  "PORT" (toString .Values.service.targetPort)
  "MANAGEMENT_HOST" .Values.listenAddress
  "MANAGEMENT_PORT" (toString .Values.managementPort)
  "DRAIN_DELAY" (ternary (include "hello.milliseconds" .Values.drain.delaySeconds) "0" (eq .Values.drain.handler "service"))
  "SHUTDOWN_TIMEOUT" (include "hello.milliseconds" .Values.drain.timeoutSeconds)) }}
{{- if eq (include "hello.database.kind" .) "server" }}
{{- $_ := set $settings "DATABASE_POOL_MAX" (toString .Values.database.poolMax) }}
{{- $_ := set $settings "MIGRATE" (toString (eq .Values.migration.by "service")) }}
{{- end }}
{{- if .Values.tracing.enabled }}
{{- $_ := set $settings "OTEL_EXPORTER_OTLP_ENDPOINT" .Values.tracing.endpoint }}
{{- $_ := set $settings "OTEL_TRACES_SAMPLER" "parentbased_traceidratio" }}
{{- $_ := set $settings "OTEL_TRACES_SAMPLER_ARG" (toString .Values.tracing.ratio) }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{- $_ := set $settings $name (ternary (toString (int64 $value)) (toString $value) (and (kindIs "float64" $value) (eq (floor $value) $value))) }}
{{- end }}
{{- toYaml $settings }}
{{- end }}
