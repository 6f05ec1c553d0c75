/** Who signed an image: cosign asks its registry for the signature, which must be of our workflow on the main branch. */
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { RunningImage } from './environment.ts';

const COSIGN = join(import.meta.dir, '../cosign/cosign');

/** Who tells that a workflow is what it says it is. */
export const ISSUER = 'https://token.actions.githubusercontent.com';

/** The workflow whose signature counts: that which builds images, on the branch that was reviewed. */
export const SIGNER = `${packageJson.repository}/.github/workflows/image.yaml@refs/heads/main`;

/** A Sigstore of one's own, as a `trusted_root.json`, in place of the public one. */
const trustedRoot = process.env.SIGSTORE_TRUSTED_ROOT;

/** Milliseconds for a registry and, on the first call, the public trusted root. */
const TIMEOUT = 120_000;

/**
 * Verifies the signature of an image. The registry's credentials are Docker's.
 * @throws Error with what cosign says, when it isn't signed or by another
 */
export const verifySignature = async ({ repository, digest }: RunningImage): Promise<void> => {
  const child = Bun.spawn(
    [
      ...[COSIGN, 'verify', `${repository}@${digest}`],
      ...['--certificate-identity', SIGNER, '--certificate-oidc-issuer', ISSUER],
      ...(trustedRoot ? ['--trusted-root', trustedRoot] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], timeout: TIMEOUT, killSignal: 'SIGKILL' },
  );
  const [status, errors] = await Promise.all([child.exited, new Response(child.stderr).text()]);
  if (status === 0) return;
  const [reason = 'cosign was ended'] = errors.match(/^Error: .*$/gm) ?? [errors.trim()];
  throw new Error(`${repository}@${digest} is not signed by ${SIGNER}: ${reason}`);
};
