import { randomBytes } from 'node:crypto';
import { connect } from './database.ts';
import { prepareRoles, setPassword } from './roles.ts';
import {
  type Login,
  makeCurrent,
  type Purpose,
  putPending,
  readCurrent,
  readMaster,
  readPending,
  type Secret,
} from './secrets.ts';
import { settings } from './settings.ts';

export interface Rotation {
  /** ARN of the secret. */
  readonly secret: string;
  /** Id of the pending version. */
  readonly version: string;
}

const PASSWORD_BYTES = 24;

/** Whose privileges the users of a secret have. */
const GROUPS: Readonly<Record<Purpose, string>> = {
  application: 'hello_application',
  migration: 'hello_owner',
};

/** Writes the pending version: the user whose turn it is, with a new password. */
export const createSecret = async ({ secret, version }: Rotation): Promise<void> => {
  if (await readPending(secret, version)) return;
  const { purpose, username } = await readCurrent(secret);
  const [first, second] = [`hello_${purpose}_a`, `hello_${purpose}_b`];
  await putPending(secret, version, {
    purpose,
    username: username === first ? second : first,
    password: randomBytes(PASSWORD_BYTES).toString('base64url'),
  });
};

/** Gives the user of the pending version its password. The first time, this makes every role. */
export const setSecret = async (rotation: Rotation): Promise<void> => {
  const login = await pending(rotation);
  const client = await connect(await readMaster(settings().masterSecret));
  try {
    await client.query('begin');
    await prepareRoles(client);
    await setPassword(client, login);
    await client.query('commit');
  } finally {
    await client.end();
  }
};

/** Logs in as the user of the pending version. */
export const testSecret = async (rotation: Rotation): Promise<void> => {
  const login = await pending(rotation);
  const client = await connect(login);
  try {
    const group = GROUPS[login.purpose];
    const { rows } = await client.query("select pg_has_role($1, 'usage') as member", [group]);
    if (rows[0]?.member !== true) throw new Error(`${login.username} is no member of ${group}`);
  } finally {
    await client.end();
  }
};

/** Makes the pending version the current one. */
export const finishSecret = ({ secret, version }: Rotation): Promise<void> =>
  makeCurrent(secret, version);

const pending = async ({ secret, version }: Rotation): Promise<Secret & Login> => {
  const content = await readPending(secret, version);
  if (!content) throw new Error(`version ${version} of ${secret} has no content yet`);
  return content;
};
