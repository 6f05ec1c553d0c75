/** Where reviewed plans lie, since they hold values: in the bucket of the states of `global`, encrypted by its key. */
import { join } from 'node:path';
import { S3Client, type S3Options } from 'bun';
import { git } from '../git.ts';
import { terragrunt } from './unit.ts';

/** What plans are made of, by path; workflows about infrastructure start for these. */
export const INFRASTRUCTURE = [
  ...['live', 'stacks', 'modules', 'bun.lock', 'package.json', 'tsconfig.json'],
  ...['tools/lambda.ts', 'tools/bun'],
] as const;

export interface Store {
  /** Undefined when nothing is there. */
  readonly read: (key: string) => Promise<string | undefined>;
  readonly write: (key: string, text: string) => Promise<void>;
  /** Writes where nothing is, all that the role that plans may; whether it did. */
  readonly writeOnce: (key: string, text: string) => Promise<boolean>;
}

/** The store of an environment, by the credentials of the process; `AWS_ENDPOINT_URL` is another server than AWS's. */
export const openStore = async (root: string, environment: string): Promise<Store> => {
  const folder = join(root, 'live', environment, 'global/shared/state');
  const { inputs } = JSON.parse(await terragrunt(folder, 'render', '--json'));
  const { bucket, region } = inputs as { bucket: string; region: string };
  return storeIn({ bucket, region, endpoint: process.env.AWS_ENDPOINT_URL });
};

/** The store in a bucket. */
export const storeIn = (bucket: S3Options): Store => {
  const client = new S3Client(bucket);
  return {
    read: async (key) => ((await client.exists(key)) ? client.file(key).text() : undefined),
    write: async (key, text) => {
      await client.write(key, text);
    },
    writeOnce: async (key, text) => {
      // Bun's client has no headers of one's own; of a signed address they are free.
      const { ok, status, statusText } = await fetch(client.presign(key, { method: 'PUT' }), {
        ...{ method: 'PUT', headers: { 'if-none-match': '*' }, body: text },
      });
      if (!ok && status !== 412) throw new Error(`${key} is refused: ${status} ${statusText}`);
      return ok;
    },
  };
};

/**
 * Where the reviewed plan of a unit lies: by what infrastructure is made of at HEAD. So the plan of a pull request is found
 * when main is what it would have become by it, whatever else came in between.
 */
export const planKeys = async (root: string): Promise<(unit: string) => string> => {
  const listed = await git(root, 'ls-tree', 'HEAD', '--', ...INFRASTRUCTURE);
  const code = new Bun.CryptoHasher('sha256').update(listed).digest('hex');
  return (unit) => `plans/${unit.split('/')[0]}/${code}/${unit}.json`;
};

/** Where the commit lies up to which everything of an environment is applied; who plans can't write it. */
export const appliedKey = (environment: string): string => `${environment}/applied`;
