{{/* Ends the render with a sentence for each fault that the schema can't tell. */}}
{{- define "hello.refusals" -}}
{{- $faults := concat
  (include "hello.refusals.names" . | fromYamlArray)
  (include "hello.refusals.image" . | fromYamlArray)
  (include "hello.refusals.replicas" . | fromYamlArray)
  (include "hello.refusals.budget" . | fromYamlArray)
  (include "hello.refusals.resources" . | fromYamlArray)
  (include "hello.refusals.probes" . | fromYamlArray)
  (include "hello.refusals.settings" . | fromYamlArray)
  (include "hello.refusals.database" . | fromYamlArray)
  (include "hello.refusals.credentials" (list "database.credentials" .Values.database.credentials) | fromYamlArray)
  (include "hello.refusals.migration" . | fromYamlArray)
  (include "hello.refusals.service" . | fromYamlArray)
  (include "hello.refusals.network" . | fromYamlArray)
  (include "hello.refusals.tracing" . | fromYamlArray)
  (include "hello.refusals.drain" . | fromYamlArray) }}
{{- if $faults }}
{{- fail (printf "\n%s" (join "\n" $faults)) }}
{{- end }}
{{- end }}

{{/* Pods at least: what a budget is reckoned with. */}}
{{- define "hello.pods.least" -}}
{{- ternary .Values.autoscaling.minReplicas .Values.replicaCount .Values.autoscaling.enabled }}
{{- end }}

{{- define "hello.pods.most" -}}
{{- ternary .Values.autoscaling.maxReplicas .Values.replicaCount .Values.autoscaling.enabled }}
{{- end }}

{{/* A number of pods, or a percentage of them, rounded up. Takes a list: number or percentage, pods. */}}
{{- define "hello.pods.share" -}}
{{- $share := toString (first .) }}
{{- if hasSuffix "%" $share }}
{{- div (add (mul (trimSuffix "%" $share | int) (last . | int)) 99) 100 }}
{{- else }}
{{- $share }}
{{- end }}
{{- end }}

{{- define "hello.refusals.names" -}}
{{- $name := include "hello.fullname" . }}
{{- if not (regexMatch "^[a-z]" $name) }}
- "the objects' name is {{ $name }}, but a Service's begins with a letter: set fullnameOverride"
{{- end }}
{{- end }}

{{- define "hello.refusals.image" -}}
{{- with .Values.image }}
{{- if eq .tag "latest" }}
- "image.tag is latest, which may be another image at every start: name a version, or set image.digest"
{{- end }}
{{- if and .tag .digest }}
- "image.tag is {{ .tag }} and image.digest is set too, which alone decides what runs: leave one empty"
{{- end }}
{{- end }}
{{- end }}

{{- define "hello.refusals.replicas" -}}
{{- $replicas := int .Values.replicaCount }}
{{- $single := ne (include "hello.database.kind" .) "server" }}
{{- with .Values.autoscaling }}
{{- if and $single .enabled }}
- "autoscaling.enabled is true, but the data are in one pod: set database.url to a PostgreSQL or MySQL server, or leave the autoscaler out"
{{- else if and $single (gt $replicas 1) }}
- "replicaCount is {{ $replicas }}, but the data are in one pod: set database.url to a PostgreSQL or MySQL server, or replicaCount to 1"
{{- end }}
{{- if .enabled }}
{{- if ne $replicas 1 }}
- "replicaCount is {{ $replicas }} and autoscaling.enabled is true, but only one can rule: leave replicaCount out, or the autoscaler"
{{- end }}
{{- if gt (int .minReplicas) (int .maxReplicas) }}
- "autoscaling.minReplicas is {{ .minReplicas }}, more than autoscaling.maxReplicas, {{ .maxReplicas }}: raise the one or lower the other"
{{- end }}
{{- if not (or .targetCPUUtilizationPercentage .targetMemoryUtilizationPercentage) }}
- "autoscaling.enabled is true without a target: set autoscaling.targetCPUUtilizationPercentage"
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.updateStrategy }}
{{- if and (eq "0" (include "hello.pods.share" (list .maxSurge 100))) (eq "0" (include "hello.pods.share" (list .maxUnavailable 100))) }}
- "updateStrategy.maxSurge and updateStrategy.maxUnavailable are both 0, which lets no update begin: set maxSurge to 1"
{{- end }}
{{- end }}
{{- end }}

{{- define "hello.refusals.budget" -}}
{{- $pods := include "hello.pods.least" . | int }}
{{- with .Values.podDisruptionBudget }}
{{- if and .enabled (kindIs "invalid" .minAvailable) (kindIs "invalid" .maxUnavailable) }}
- "podDisruptionBudget has neither maxUnavailable nor minAvailable: set maxUnavailable to 1"
{{- else if and .enabled (gt $pods 0) }}
{{- if kindIs "invalid" .minAvailable }}
{{- if eq "0" (include "hello.pods.share" (list .maxUnavailable 100)) }}
- "podDisruptionBudget.maxUnavailable is {{ .maxUnavailable }}, so that no node could be drained: set it to 1"
{{- end }}
{{- else if ge (include "hello.pods.share" (list .minAvailable $pods) | int) $pods }}
- "podDisruptionBudget.minAvailable is {{ .minAvailable }} of {{ $pods }} pods, so that no node could be drained: lower it, or use podDisruptionBudget.maxUnavailable"
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "hello.refusals.resources" -}}
{{- with .Values.resources }}
{{- $request := dig "requests" "memory" "" . | toString }}
{{- $limit := dig "limits" "memory" "" . | toString }}
{{- if ne $request $limit }}
- "resources.requests.memory is {{ $request }} and resources.limits.memory {{ $limit }}, so that a neighbour could have a pod evicted: set both to the same"
{{- end }}
{{- end }}
{{- end }}

{{/* Paths that the service lacks would restart pods for ever. */}}
{{- define "hello.refusals.probes" -}}
{{- $api := list }}
{{- range list "" "/" "/openapi" "/openapi/json" }}
{{- $api = append $api (print (default "" $.Values.settings.BASE_PATH) .) }}
{{- end }}
{{- $management := list "/livez" "/readyz" "/metrics" }}
{{- $paths := dict "http" $api (toString .Values.service.targetPort) $api "management" $management (toString .Values.managementPort) $management }}
{{- range $name := list "startupProbe" "livenessProbe" "readinessProbe" }}
{{- with get $.Values $name }}
{{- $handlers := keys (pick . "httpGet" "tcpSocket" "grpc" "exec") | sortAlpha }}
{{- if gt (len $handlers) 1 }}
- "{{ $name }} has {{ join " and " $handlers }}, but a probe asks in one way: set httpGet to null"
{{- end }}
{{- with .httpGet }}
{{- if not (has .path (get $paths (toString .port) | default list)) }}
- "{{ $name }}.httpGet is {{ .path }} on port {{ .port }}, which the service does not answer, so that no pod would serve: leave the probe out"
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "hello.refusals.settings" -}}
{{- $decided := include "hello.settings.decided" . | fromYaml }}
{{- range $name, $value := .Values.settings }}
{{- if hasKey $decided $name }}
- "settings.{{ $name }} is what {{ get $decided $name }} decides: set that"
{{- else if hasSuffix "_HEADERS" $name }}
- "settings.{{ $name }} may have a secret in it, which would lie in a ConfigMap: use extraEnv with valueFrom"
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if hasKey $decided .name }}
- "extraEnv has {{ .name }}, which {{ get $decided .name }} decides: set that"
{{- end }}
{{- end }}
{{- end }}

{{- define "hello.refusals.database" -}}
{{- $kind := include "hello.database.kind" . }}
{{- $pods := include "hello.pods.most" . | int }}
{{- $surge := include "hello.pods.share" (list .Values.updateStrategy.maxSurge $pods) | int }}
{{- with .Values.database }}
{{- if regexMatch "//[^/]*:[^/]*@" .url }}
- "database.url has a password in it, which would lie in a ConfigMap: leave user and password out and use database.credentials"
{{- end }}
{{- if and (eq $kind "server") (not (regexMatch "^[a-z]+://[^/?]+/[^/?]+([?].*)?$" .url)) }}
- "database.url names no host or no database: write postgres://host:5432/database or mysql://host:3306/database"
{{- end }}
{{- if and (eq $kind "memory") (ne .url "memory:") }}
- "database.url is {{ .url }}: write memory: with nothing after it"
{{- end }}
{{- if and (eq $kind "sqlite") (not (regexMatch "^sqlite:////data/[^/]+$" .url)) }}
- "database.url is {{ .url }}, but only /data can be written: set it to sqlite:////data/hello.db"
{{- end }}
{{- if and (eq $kind "server") .maxConnections }}
{{- /* The formula of docs/databases.md: twice the pools while a password changes, and one connection more a pod. */}}
{{- $connections := add (mul (add $pods $surge) 2 (int .poolMax)) $pods (int .otherConnections) }}
{{- if gt $connections (int64 .maxConnections) }}
- "database.maxConnections is {{ int64 .maxConnections }}, but {{ $pods }} pods and {{ $surge }} of an update with database.poolMax {{ .poolMax }} need up to {{ $connections }}: lower the pool or the number of pods"
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Takes a list: name of the values, credentials. */}}
{{- define "hello.refusals.credentials" -}}
{{- $name := first . }}
{{- with last . }}
{{- if and (eq .from "secret") (not .secret.name) }}
- "{{ $name }}.secret.name is empty: name the Secret"
{{- else if and (eq .from "secretsStore") (not .secretsStore.name) }}
- "{{ $name }}.secretsStore.name is empty: name the secret in AWS Secrets Manager"
{{- else if and (eq .from "externalSecret") (not (and .externalSecret.key .externalSecret.store)) }}
- "{{ $name }}.externalSecret.key or store is empty: name the secret and its ClusterSecretStore"
{{- end }}
{{- end }}
{{- end }}

{{- define "hello.refusals.migration" -}}
{{- if include "hello.migration.enabled" . }}
{{- $serving := .Values.database.credentials }}
{{- $sameAccount := eq (include "hello.serviceAccountName" .) (include "hello.migration.serviceAccountName" .) }}
{{- with .Values.migration.credentials }}
{{- include "hello.refusals.credentials" (list "migration.credentials" .) }}
{{- if and (ne .from "none") (eq .from $serving.from) (eq (get . .from | toJson) (get $serving .from | toJson)) }}
- "migration.credentials are those of database.credentials, so that serving pods could change the schema: name others, or set migration.by to service"
{{- else if and (eq .from "none") (ne $serving.from "none") }}
- "migration.credentials.from is none, so that the migration has no password: set it, or set migration.by to service or none"
{{- else if and (eq .from "secretsStore") $sameAccount }}
- "migration.serviceAccount.name is the serving pods' account, whose role could read the migration's secret: name another"
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "hello.refusals.service" -}}
{{- with .Values.service }}
{{- if eq .type "ClusterIP" }}
{{- if .nodePort }}
- "service.nodePort is {{ .nodePort }}, which a ClusterIP does not have: set service.type to NodePort, or leave it out"
{{- end }}
{{- if .externalTrafficPolicy }}
- "service.externalTrafficPolicy is {{ .externalTrafficPolicy }}, which a ClusterIP does not have: leave it out"
{{- end }}
{{- else if and $.Values.networkPolicy.enabled (not $.Values.networkPolicy.extraIngress) }}
- "service.type is {{ .type }}, but the network policy lets callers from outside in by the Gateway alone: name them in networkPolicy.extraIngress"
{{- end }}
{{- end }}
{{- end }}

{{- define "hello.refusals.network" -}}
{{- with .Values.networkPolicy }}
{{- if and .enabled (not $.Values.httpRoute.enabled) (not .gatewayNamespaces) (not .extraIngress) }}
- "httpRoute.enabled is false, so that the network policy lets no caller in: name them in networkPolicy.extraIngress or gatewayNamespaces"
{{- end }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
- "httpRoute.parentRefs is empty: name the Gateway that the route attaches to, or set httpRoute.enabled to false"
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.rules) }}
- "httpRoute.rules is empty, so that nothing would be served: leave it out, or set httpRoute.enabled to false"
{{- end }}
{{- if eq (int .Values.managementPort) (int .Values.service.targetPort) }}
- "managementPort is {{ .Values.managementPort }}, the same as service.targetPort: set another port"
{{- end }}
{{- end }}

{{- define "hello.refusals.tracing" -}}
{{- $namespace := .Values.tracing.namespace }}
{{- $host := regexReplaceAll "^https?://([^/:]*).*$" .Values.tracing.endpoint "${1}" }}
{{- if and .Values.tracing.enabled .Values.networkPolicy.enabled }}
{{- if not $namespace }}
{{- if not .Values.networkPolicy.extraEgress }}
- "tracing.namespace is empty, so that the network policy lets no traces out: name it, or the collector in networkPolicy.extraEgress"
{{- end }}
{{- else if not (or (regexMatch (printf "^[^.]+[.]%s([.]svc([.].+)?)?$" $namespace) $host) (and (eq $namespace .Release.Namespace) (not (contains "." $host)))) }}
- "tracing.endpoint is {{ $host }}, which is not in tracing.namespace, {{ $namespace }}, where the network policy lets traces go: set them alike, or tracing.namespace to nothing and networkPolicy.extraEgress for a collector elsewhere"
{{- end }}
{{- end }}
{{- end }}

{{/* After delay and timeout the service takes up to 6 s for its store, traces and log. */}}
{{- define "hello.refusals.drain" -}}
{{- $delay := int .Values.drain.delaySeconds }}
{{- $end := add $delay (int .Values.drain.timeoutSeconds) 6 }}
{{- if ge $end (int .Values.terminationGracePeriodSeconds) }}
- "terminationGracePeriodSeconds is {{ .Values.terminationGracePeriodSeconds }}, but a pod ends only after drain.delaySeconds + drain.timeoutSeconds + 6, {{ $end }}: set more"
{{- end }}
{{- with .Values.readinessProbe }}
{{- $noticed := mul (default 10 .periodSeconds | int) (default 3 .failureThreshold | int) }}
{{- if gt $noticed $delay }}
- "drain.delaySeconds is {{ $delay }}, less than the {{ $noticed }} s after which readinessProbe (periodSeconds × failureThreshold) has taken a pod out: set more, or probe more often"
{{- end }}
{{- end }}
{{- end }}
