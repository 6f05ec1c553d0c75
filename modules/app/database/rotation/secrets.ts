import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

/** What the users of a secret are for. */
export type Purpose = 'application' | 'migration';

/** The content of a rotated secret; before its first rotation it has a purpose only. */
export interface Secret {
  readonly purpose: Purpose;
  readonly username?: string;
  readonly password?: string;
}

/** A user of the database. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

const client = new SecretsManagerClient({});

/** Whether a secret is rotated, and the labels of one of its versions, undefined when there is none. */
export const describeVersion = async (secret: string, version: string) => {
  const { RotationEnabled, VersionIdsToStages } = await client.send(
    new DescribeSecretCommand({ SecretId: secret }),
  );
  return { rotates: RotationEnabled === true, labels: VersionIdsToStages?.[version] };
};

/** The id of the version with the label AWSCURRENT. */
export const currentVersion = async (secret: string): Promise<string | undefined> => {
  const { VersionIdsToStages = {} } = await client.send(
    new DescribeSecretCommand({ SecretId: secret }),
  );
  return Object.keys(VersionIdsToStages).find((version) =>
    VersionIdsToStages[version]?.includes('AWSCURRENT'),
  );
};

/** The current content of a rotated secret. @throws Error when it isn't one of this module's */
export const readCurrent = async (secret: string): Promise<Secret> => {
  const content = await read(secret, { VersionStage: 'AWSCURRENT' });
  if (content.purpose !== 'application' && content.purpose !== 'migration')
    throw new Error(`${secret} has no "purpose" of application or migration`);
  return content as unknown as Secret;
};

/** The content of the pending version, undefined when it has none yet. */
export const readPending = async (
  secret: string,
  version: string,
): Promise<(Secret & Login) | undefined> => {
  try {
    const content = await read(secret, { VersionId: version, VersionStage: 'AWSPENDING' });
    return content as unknown as Secret & Login;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

/** The master user. @throws Error */
export const readMaster = async (secret: string): Promise<Login> => {
  const { username, password } = await read(secret, { VersionStage: 'AWSCURRENT' });
  if (typeof username !== 'string' || typeof password !== 'string')
    throw new Error(`${secret} has no "username" and "password"`);
  return { username, password };
};

/** Gives the pending version its content. */
export const putPending = async (
  secret: string,
  version: string,
  content: Secret & Login,
): Promise<void> => {
  await client.send(
    new PutSecretValueCommand({
      SecretId: secret,
      ClientRequestToken: version,
      SecretString: JSON.stringify(content),
      VersionStages: ['AWSPENDING'],
    }),
  );
};

/** Moves the label AWSCURRENT to a version. */
export const makeCurrent = async (secret: string, version: string): Promise<void> => {
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secret,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: version,
      RemoveFromVersionId: await currentVersion(secret),
    }),
  );
};

const read = async (
  secret: string,
  version: { readonly VersionId?: string; readonly VersionStage: string },
): Promise<Record<string, unknown>> => {
  const { SecretString } = await client.send(
    new GetSecretValueCommand({ SecretId: secret, ...version }),
  );
  try {
    const content: unknown = JSON.parse(SecretString ?? '');
    if (typeof content === 'object' && content !== null) return content as Record<string, unknown>;
  } catch {}
  throw new Error(`${secret} is not a JSON object`);
};
