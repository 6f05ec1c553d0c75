import { randomUUID } from 'node:crypto';
import type { RotationEvent } from '../rotation/index.ts';

interface Version {
  content: string | undefined;
  readonly labels: Set<string>;
}

/** A stand-in for AWS Secrets Manager on loopback: what a rotation calls, with the rules of the API reference. */
export interface SecretsManager {
  readonly url: string;
  /** Makes a secret whose first version has this content. */
  create(name: string, content: object): void;
  /** The content that has a label. */
  content(name: string, label?: string): Record<string, string>;
  /** Begins a rotation as Secrets Manager does; the event lacks only its step. */
  begin(name: string): Omit<RotationEvent, 'Step'>;
  /** The operations called so far. */
  readonly calls: readonly string[];
  stop(): Promise<void>;
}

/** An error of the service, as the SDK knows it by its name. */
class ServiceError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

type Input = Readonly<Record<string, string>> & { readonly VersionStages?: readonly string[] };

export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

export const startSecretsManager = (): SecretsManager => {
  const secrets = new Map<string, Map<string, Version>>();
  const calls: string[] = [];

  /** By its name, or by its ARN, which ends in six more characters. */
  const find = (id = ''): Map<string, Version> => {
    const secret = secrets.get(id.replace(/^arn:.*:secret:(.*)-.{6}$/, '$1'));
    if (!secret) throw new ServiceError('ResourceNotFoundException', "can't find the secret");
    return secret;
  };
  const labelled = (secret: Map<string, Version>, label: string) =>
    [...secret].find(([, { labels }]) => labels.has(label));
  const move = (secret: Map<string, Version>, label: string, to: Version) => {
    const from = labelled(secret, label)?.[1];
    if (from === to) return;
    from?.labels.delete(label);
    if (label === 'AWSCURRENT' && from) move(secret, 'AWSPREVIOUS', from);
    to.labels.add(label);
  };

  const operations: Record<string, (input: Input) => object> = {
    DescribeSecret: ({ SecretId }) => ({
      RotationEnabled: true,
      VersionIdsToStages: Object.fromEntries(
        [...find(SecretId)]
          .filter(([, { labels }]) => labels.size > 0)
          .map(([id, { labels }]) => [id, [...labels]]),
      ),
    }),
    GetSecretValue: ({ SecretId, VersionId, VersionStage = 'AWSCURRENT' }) => {
      const secret = find(SecretId);
      const version = VersionId ? secret.get(VersionId) : labelled(secret, VersionStage)?.[1];
      if (version?.content === undefined || !version.labels.has(VersionStage))
        throw new ServiceError('ResourceNotFoundException', "can't find the value");
      return { SecretString: version.content };
    },
    PutSecretValue: ({ SecretId, ClientRequestToken = '', SecretString, VersionStages = [] }) => {
      const secret = find(SecretId);
      const version = secret.get(ClientRequestToken) ?? { content: undefined, labels: new Set() };
      if (version.content !== undefined && version.content !== SecretString)
        throw new ServiceError('ResourceExistsException', 'the version has another content');
      version.content = SecretString;
      secret.set(ClientRequestToken, version);
      for (const label of VersionStages) move(secret, label, version);
      return {};
    },
    UpdateSecretVersionStage: (input) => {
      const { SecretId, VersionStage = '', MoveToVersionId = '', RemoveFromVersionId } = input;
      const secret = find(SecretId);
      const to = secret.get(MoveToVersionId);
      const from = labelled(secret, VersionStage)?.[0];
      if (!to || (from && from !== RemoveFromVersionId))
        throw new ServiceError('InvalidParameterException', 'the label is on another version');
      move(secret, VersionStage, to);
      return {};
    },
  };

  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const operation = request.headers.get('x-amz-target')?.split('.')[1] ?? '';
      calls.push(operation);
      try {
        const run = operations[operation];
        if (!run) throw new ServiceError('InvalidAction', `${operation} is not known here`);
        return Response.json(run((await request.json()) as Input));
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return Response.json({ __type: error.name, message: error.message }, { status: 400 });
      }
    },
  });

  return {
    url: `http://127.0.0.1:${server.port}`,
    calls,
    create: (name, content) => {
      const version = {
        content: JSON.stringify(content),
        labels: new Set(['AWSCURRENT', 'INITIAL']),
      };
      secrets.set(name, new Map([[randomUUID(), version]]));
    },
    content: (name, label = 'AWSCURRENT') =>
      JSON.parse(labelled(find(name), label)?.[1].content ?? 'null'),
    begin: (name) => {
      const secret = find(name);
      const id = randomUUID();
      secret.set(id, { content: undefined, labels: new Set() });
      move(secret, 'AWSPENDING', secret.get(id) as Version);
      return {
        SecretId: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-AbC123`,
        ClientRequestToken: id,
      };
    },
    stop: () => server.stop(true),
  };
};
