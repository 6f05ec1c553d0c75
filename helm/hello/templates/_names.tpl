{{/* Name of the application in labels. */}}
{{- define "hello.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Name of the objects: release and chart, or the release alone where it says the chart already. A Service has no dots. */}}
{{- define "hello.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | replace "." "-" | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | replace "." "-" | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/*
A name with a suffix, in 63 characters: a Job's or a label's limit. Where that cuts the name, a hash keeps it apart from
others. Takes a list: name, suffix.
*/}}
{{- define "hello.suffixed" -}}
{{- $name := first . }}
{{- $suffix := last . }}
{{- if gt (len (printf "%s-%s" $name $suffix)) 63 }}
{{- $hash := sha256sum $name | trunc 8 }}
{{- $name = printf "%s-%s" ($name | trunc (int (sub 53 (len $suffix))) | trimSuffix "-") $hash }}
{{- end }}
{{- printf "%s-%s" $name $suffix }}
{{- end }}

{{/* Leaves room for the hash in the Job's name. */}}
{{- define "hello.migration.fullname" -}}
{{- include "hello.suffixed" (list (include "hello.fullname" .) "migration-0123456789") | trimSuffix "-0123456789" }}
{{- end }}

{{- define "hello.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "hello.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "hello.migration.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "hello.migration.fullname" .) .Values.migration.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.migration.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* The labels that select the serving pods, which never change: a Deployment's selector can't. */}}
{{- define "hello.selectorLabels" -}}
app.kubernetes.io/name: {{ include "hello.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "hello.migration.selectorLabels" -}}
app.kubernetes.io/name: {{ include "hello.suffixed" (list (include "hello.name" .) "migration") | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* The labels of every object beside its selector's. The image says its version itself: a digest decides it. */}}
{{- define "hello.chartLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end }}

{{- define "hello.labels" -}}
{{ include "hello.selectorLabels" . }}
{{ include "hello.chartLabels" . }}
{{- end }}

{{- define "hello.migration.labels" -}}
{{ include "hello.migration.selectorLabels" . }}
{{ include "hello.chartLabels" . }}
{{- end }}

{{- define "hello.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}
