{{/* What the database is: `sqlite`, `memory` or `server`. */}}
{{- define "hello.database.kind" -}}
{{- if hasPrefix "sqlite:" .Values.database.url }}sqlite
{{- else if hasPrefix "memory:" .Values.database.url }}memory
{{- else }}server
{{- end }}
{{- end }}

{{/* Port in a URL. Takes a list: URL, the usual port. */}}
{{- define "hello.port" -}}
{{- $authority := regexReplaceAll "^[a-z]+://([^/?]*).*$" (first .) "${1}" }}
{{- regexFind ":[0-9]+$" $authority | trimPrefix ":" | default (last .) }}
{{- end }}

{{/* Port of the database server: the URL's, or the usual one. */}}
{{- define "hello.database.port" -}}
{{- $usual := ternary 3306 5432 (regexMatch "^(mysql|mariadb):" .Values.database.url) }}
{{- include "hello.port" (list .Values.database.url $usual) }}
{{- end }}

{{- define "hello.database.credentialsFile" -}}
/etc/hello/database/credentials.json
{{- end }}

{{- define "hello.database.certificateAuthorityFile" -}}
/etc/hello/certificate-authority/ca.pem
{{- end }}

{{/* The settings that the serving pods and the migration both need. Takes a dict: root, credentials. */}}
{{- define "hello.database.settings" -}}
DATABASE_URL: {{ .root.Values.database.url | quote }}
{{- if ne .credentials.from "none" }}
DATABASE_CREDENTIALS_FILE: {{ include "hello.database.credentialsFile" . | quote }}
{{- end }}
{{- if .root.Values.database.certificateAuthority.configMap }}
DATABASE_CA_FILE: {{ include "hello.database.certificateAuthorityFile" . | quote }}
{{- end }}
{{- end }}

{{/* Volumes of credentials and authorities. Takes a dict: root, credentials, name (of what is made for them). */}}
{{- define "hello.database.volumes" -}}
{{- $from := .credentials.from }}
{{- if eq $from "secretsStore" }}
- name: credentials
  csi:
    driver: secrets-store.csi.k8s.io
    readOnly: true
    volumeAttributes:
      secretProviderClass: {{ .name | quote }}
{{- else if ne $from "none" }}
- name: credentials
  secret:
    secretName: {{ ternary .credentials.secret.name .name (eq $from "secret") | quote }}
    defaultMode: 0440
    items:
      - key: {{ ternary .credentials.secret.key "credentials.json" (eq $from "secret") | quote }}
        path: credentials.json
{{- end }}
{{- with .root.Values.database.certificateAuthority }}
{{- if .configMap }}
- name: certificate-authority
  configMap:
    name: {{ .configMap | quote }}
    defaultMode: 0444
    items:
      - key: {{ .key | quote }}
        path: ca.pem
{{- end }}
{{- end }}
{{- end }}

{{/* Their mounts. Takes a dict: root, credentials. */}}
{{- define "hello.database.volumeMounts" -}}
{{- if ne .credentials.from "none" }}
- name: credentials
  mountPath: {{ dir (include "hello.database.credentialsFile" .) }}
  readOnly: true
{{- end }}
{{- if .root.Values.database.certificateAuthority.configMap }}
- name: certificate-authority
  mountPath: {{ dir (include "hello.database.certificateAuthorityFile" .) }}
  readOnly: true
{{- end }}
{{- end }}
