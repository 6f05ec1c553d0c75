{{/*
A rule of the HTTPRoute. What the API server would fill in is written out, or Argo CD would see a difference for ever
(argo-cd#22151). Takes a list: root, rule.
*/}}
{{- define "hello.httpRoute.rule" -}}
{{- $root := first . }}
{{- with last . }}
{{- with .name }}
name: {{ . | quote }}
{{- end }}
matches:
  {{- range default (list (dict)) .matches }}
  - {{ include "hello.httpRoute.match" . | indent 4 | trim }}
  {{- end }}
{{- with .filters }}
filters:
  {{- range . }}
  - {{ include "hello.httpRoute.filter" . | indent 4 | trim }}
  {{- end }}
{{- end }}
{{- with .timeouts }}
timeouts:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- /* A rule that redirects has no backend: the API server refuses both. */}}
{{- if not (include "hello.httpRoute.redirects" .) }}
backendRefs:
  - group: ""
    kind: Service
    name: {{ include "hello.fullname" $root | quote }}
    port: {{ $root.Values.service.port }}
    weight: 1
{{- end }}
{{- end }}
{{- end }}

{{/* Whether a rule redirects: yes or nothing. */}}
{{- define "hello.httpRoute.redirects" -}}
{{- range .filters }}
{{- if eq .type "RequestRedirect" }}yes{{ end }}
{{- end }}
{{- end }}

{{- define "hello.httpRoute.match" -}}
{{- $match := deepCopy . }}
{{- $_ := set $match "path" (merge (default (dict) $match.path) (dict "type" "PathPrefix" "value" "/")) }}
{{- range list "headers" "queryParams" }}
{{- range (default (list) (get $match .)) }}
{{- $_ := set . "type" (default "Exact" .type) }}
{{- end }}
{{- end }}
{{- toYaml $match }}
{{- end }}

{{- define "hello.httpRoute.filter" -}}
{{- $filter := deepCopy . }}
{{- with $filter.requestRedirect }}
{{- $_ := set . "statusCode" (default 302 .statusCode) }}
{{- end }}
{{- with $filter.cors }}
{{- $_ := set . "maxAge" (default 5 .maxAge) }}
{{- end }}
{{- with $filter.requestMirror }}
{{- $_ := set . "backendRef" (merge .backendRef (dict "group" "" "kind" "Service")) }}
{{- end }}
{{- toYaml $filter }}
{{- end }}
