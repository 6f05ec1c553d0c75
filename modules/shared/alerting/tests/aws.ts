import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANSWERS } from './answers.ts';

/** A call of an SDK's client. */
export interface AwsCall {
  /** As it is signed, such as `rds`. */
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What becomes of a call: an answer (an object as JSON, a text as the result in XML), an error of the service, or none. */
export type Reply = object | string | { readonly error: string } | 'silence' | 'reset';

export interface Aws {
  readonly url: string;
  readonly calls: readonly AwsCall[];
  /** What has been published, the newest last. */
  readonly messages: readonly { readonly Subject: string; readonly Message: string }[];
  /** Answers in place of the usual ones: the first reply that isn't undefined. */
  reply: (call: AwsCall) => Reply | undefined;
  reset(): void;
  stop(): Promise<void>;
}

/** A stand-in for AWS on loopback, all services and regions at one address: what SDKs send is theirs, what they get is as recorded. */
export const startAws = async (): Promise<Aws> => {
  const calls: AwsCall[] = [];
  const messages: Aws['messages'][number][] = [];
  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    calls.push(call);
    const reply = aws.reply(call) ?? ANSWERS[call.operation]?.(call) ?? { error: 'InvalidAction' };
    if (reply === 'silence') return;
    if (reply === 'reset') {
      request.socket.destroy();
      return;
    }
    const { status, body } = answer(call, reply);
    if (call.operation === 'Publish' && status === 200)
      messages.push(call.input as unknown as Aws['messages'][number]);
    response.writeHead(status, { 'content-type': usesXml(call) ? 'text/xml' : 'application/json' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const aws: Aws = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    messages,
    reply: () => undefined,
    reset: () => {
      calls.length = 0;
      messages.length = 0;
      aws.reply = () => undefined;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return aws;
};

/** AWS's protocols tell the operation in a header, in a form or by the path. */
const readCall = async (request: IncomingMessage): Promise<AwsCall> => {
  const { headers, url = '' } = request;
  const [, region = '', service = ''] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const target = headers['x-amz-target'];
  if (target)
    return {
      ...{ service, region, input: JSON.parse(body) },
      operation: String(target).split('.')[1] as string,
    };
  const form = Object.fromEntries(new URLSearchParams(body));
  if (form.Action) return { service, region, operation: form.Action, input: form };
  return { service, region, operation: 'DescribeCluster', input: { name: url.split('/')[2] } };
};

const usesXml = ({ service }: AwsCall) => service === 'rds' || service === 'sns';

const answer = (call: AwsCall, reply: object | string): { status: number; body: string } => {
  const { service, operation } = call;
  if (typeof reply === 'string') {
    const body = `<${operation}Response><${operation}Result>${reply}</${operation}Result></${operation}Response>`;
    return { status: 200, body };
  }
  if (!('error' in reply)) return { status: 200, body: JSON.stringify(reply) };
  const message = `nobody is not authorized to perform: ${service}:${operation}`;
  const body = usesXml(call)
    ? `<ErrorResponse><Error><Type>Sender</Type><Code>${reply.error}</Code><Message>${message}</Message></Error></ErrorResponse>`
    : JSON.stringify({ __type: reply.error, message });
  return { status: 400, body };
};
