import { python } from './python.ts';

/** A span as the published protobuf classes of OpenTelemetry read it; ids in hexadecimal digits. */
export interface ReceivedSpan {
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code?: string };
  readonly resource: Readonly<Record<string, unknown>>;
}

const DECODE = `
import json, sys
from google.protobuf.json_format import MessageToDict, Parse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
def flat(attributes):
  return {a['key']: next(iter(a['value'].values())) for a in attributes}
spans = []
for line in sys.stdin.read().split():
  request = ExportTraceServiceRequest.FromString(bytes.fromhex(line))
  for resource in MessageToDict(request)['resourceSpans']:
    for scope in resource['scopeSpans']:
      for span in scope['spans']:
        for name in ('traceId', 'spanId', 'parentSpanId'):
          if name in span: span[name] = __import__('base64').b64decode(span[name]).hex()
        span['attributes'] = flat(span.get('attributes', []))
        spans.append({**span, 'resource': flat(resource['resource']['attributes'])})
print(json.dumps(spans))
`;

/** A collector for OTLP over HTTP on a free port of 127.0.0.1. */
export const startCollector = (answer: () => Response = () => new Response()) => {
  const requests: { path: string; headers: Headers; body: Uint8Array }[] = [];
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      requests.push({ path: pathname, headers: request.headers, body: await request.bytes() });
      return answer();
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    /** The spans that arrived as protobuf. */
    spans: async (): Promise<ReceivedSpan[]> =>
      JSON.parse(
        await python(
          DECODE,
          requests.map(({ body }) => Buffer.from(body).toString('hex')).join('\n'),
        ),
      ),
    stop: () => server.stop(true),
  };
};
