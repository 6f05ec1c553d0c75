/** A stand-in for S3 on loopback: the server of the Python package moto. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../service/test/support/database-server.ts';
import { guard } from '../../service/test/support/guardian.ts';
import { until } from '../../service/test/support/until.ts';

/** moto with what its S3 and STS need, and nothing of its other services. */
const PACKAGES = [
  ...['blinker==1.9.0', 'boto3==1.44.5', 'botocore==1.44.5', 'certifi==2026.10.18', 'cffi==2.1.1'],
  ...['charset-normalizer==3.5.2', 'click==8.5.1', 'cryptography==50.0.2', 'flask==3.1.3'],
  ...['flask-cors==6.0.5', 'idna==3.20', 'itsdangerous==2.2.0', 'jinja2==3.1.6', 'jmespath==1.1.0'],
  ...['markupsafe==3.0.4', 'moto==5.2.5', 'py-partiql-parser==0.6.3', 'pycparser==3.12'],
  ...['python-dateutil==2.9.0.post0', 'pyyaml==6.0.3', 'requests==2.34.2', 'responses==0.26.3'],
  ...['s3transfer==0.19.3', 'six==1.17.0', 'urllib3==2.8.0', 'werkzeug==3.1.9', 'xmltodict==1.0.4'],
];

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hello');
const VERSION = PACKAGES.find((name) => name.startsWith('moto=='))?.replace('==', '-');
const FOLDER = join(CACHE, `${VERSION}-${Bun.hash(PACKAGES.join(' ')).toString(36)}`);

/** Installs {@link PACKAGES} into the user's cache when they are missing; why they can't be had, if so. */
export const prepareMoto = (): string | undefined => {
  if (existsSync(FOLDER)) return undefined;
  if (Bun.spawnSync(['python3', '-m', 'pip', '--version'], { stderr: 'ignore' }).exitCode !== 0)
    return 'there is no python3 with pip';
  console.error(`Installing ${VERSION} into ${FOLDER}`);
  mkdirSync(CACHE, { recursive: true });
  // Made aside and moved into place, so that an interrupted or a simultaneous run leaves nothing half done.
  const aside = mkdtempSync(`${FOLDER}.`);
  try {
    const pip = ['python3', '-m', 'pip', '--disable-pip-version-check', 'install', '--no-deps'];
    const { exitCode, stderr } = Bun.spawnSync([...pip, '--target', aside, ...PACKAGES], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (exitCode !== 0) throw new Error(`pip: ${stderr}`);
    if (!existsSync(FOLDER)) renameSync(aside, FOLDER);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return undefined;
};

export interface Moto extends Disposable {
  readonly url: string;
  /** Asks as somebody of the account, as moto needs it to know the service; the signature isn't checked. */
  readonly ask: (method: string, path: string, body?: string) => Promise<Response>;
}

/** Starts an empty one, whose credentials are of an account. */
export const startMoto = async (account: string): Promise<Moto> => {
  const port = freePort();
  const server = Bun.spawn(
    ['python3', '-m', 'moto.server', '--host', '127.0.0.1', '--port', String(port)],
    {
      env: { ...process.env, PYTHONPATH: FOLDER, MOTO_ACCOUNT_ID: account },
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  const release = guard(server.pid);
  const url = `http://127.0.0.1:${port}`;
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
  const ask: Moto['ask'] = (method, path, body) =>
    fetch(`${url}/${path}`, { method, body, headers: { authorization } });
  await until(async () => (await ask('GET', '').catch(() => undefined))?.ok === true, 120_000);
  return {
    url,
    ask,
    [Symbol.dispose]: () => {
      server.kill('SIGKILL');
      release();
    },
  };
};
