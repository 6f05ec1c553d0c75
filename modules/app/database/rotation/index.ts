import { describeVersion } from './secrets.ts';
import { createSecret, finishSecret, type Rotation, setSecret, testSecret } from './steps.ts';

/** What Secrets Manager calls the function with, once for each step of a rotation. */
export interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  /** Id of the version that the rotation makes. */
  readonly ClientRequestToken: string;
}

const STEPS: Readonly<Record<string, (rotation: Rotation) => Promise<void>>> = {
  createSecret,
  setSecret,
  testSecret,
  finishSecret,
};

/**
 * One step of a rotation. Secrets Manager tries a step that throws again, so each may be repeated.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export const handler = async (event: RotationEvent): Promise<void> => {
  const { Step: name, SecretId: secret, ClientRequestToken: version } = event;
  const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
  if (!step) throw new Error(`step ${JSON.stringify(name)} is none of ${Object.keys(STEPS)}`);
  const { rotates, labels } = await describeVersion(secret, version);
  if (!rotates) throw new Error(`${secret} has no rotation: turn it on`);
  if (!labels) throw new Error(`${secret} has no version ${version}`);
  if (labels.includes('AWSCURRENT')) return;
  if (!labels.includes('AWSPENDING'))
    throw new Error(`version ${version} of ${secret} is not pending, but ${labels}`);
  await step({ secret, version });
  console.info({ message: 'step done', step: name, secret, version });
};
