{{/* SecretProviderClass or ExternalSecret of credentials. Takes a dict: root, credentials, name, labels. */}}
{{- define "hello.credentials" -}}
{{- if eq .credentials.from "secretsStore" -}}
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata:
  name: {{ .name | quote }}
  labels:
    {{- .labels | nindent 4 }}
spec:
  provider: aws
  parameters:
    {{- with .credentials.secretsStore.region }}
    region: {{ . | quote }}
    {{- end }}
    usePodIdentity: "true"
    objects: |-
      - objectName: {{ .credentials.secretsStore.name | quote }}
        objectType: secretsmanager
        objectAlias: credentials.json
{{- else if eq .credentials.from "externalSecret" -}}
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: {{ .name | quote }}
  labels:
    {{- .labels | nindent 4 }}
spec:
  refreshInterval: {{ .credentials.externalSecret.refreshInterval | quote }}
  secretStoreRef:
    kind: ClusterSecretStore
    name: {{ .credentials.externalSecret.store | quote }}
  target:
    name: {{ .name | quote }}
    creationPolicy: Owner
    deletionPolicy: Retain
  data:
    - secretKey: credentials.json
      remoteRef:
        key: {{ .credentials.externalSecret.key | quote }}
        conversionStrategy: Default
        decodingStrategy: None
        metadataPolicy: None
{{- end }}
{{- end }}
