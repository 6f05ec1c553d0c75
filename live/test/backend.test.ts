/** Where states are: Terragrunt makes the bucket, OpenTofu locks in it. */
import { expect, setDefaultTimeout } from 'bun:test';
import { testUnless, WITHOUT_SOURCES } from '../../modules/tests/sources.ts';
import { prepareMoto, startMoto } from './moto.ts';
import { ENVIRONMENTS, LIMIT, plantTree } from './tree.ts';

setDefaultTimeout(LIMIT);

const missing = prepareMoto();
if (missing) console.log(`skipped: ${missing}`);
const testWithMoto = testUnless(missing || WITHOUT_SOURCES);

const BUCKET = `hello-dev-state-${ENVIRONMENTS.dev}-us-east-1`;
const UNIT = 'dev/global/shared/dns';
const KEY = `${UNIT}/terraform.tfstate`;

testWithMoto(
  'a bucket is made, encrypted, versioned and closed; one that plans or applies locks out others',
  async () => {
    using moto = await startMoto();
    await using tree = await plantTree();
    Object.assign(tree.simulation.environment, {
      STATE_BACKEND: 's3',
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    // By path, since names below 127.0.0.1 are none; without TLS, and moto takes its enforcement for a ban of everything.
    await tree.edit('live/root.hcl', (text) =>
      text.replace(
        'use_lockfile ',
        'force_path_style = true\n skip_bucket_enforced_tls = true\n use_lockfile ',
      ),
    );
    await tree.terragrunt('dev', '', 'stack', 'generate');
    const run = async (...words: string[]) => tree.terragrunt('dev', UNIT, ...words);
    const apply = ['apply', '-auto-approve', '-input=false'];

    const refused = await run(...apply);
    expect(refused.succeeded).toBe(false);
    const made = await run(...apply, '--backend-bootstrap');
    expect([made.succeeded, made.succeeded ? '' : made.said]).toEqual([true, '']);
    const setting = async (name: string) => (await moto.ask('GET', `${BUCKET}?${name}`)).text();
    expect(await setting('encryption')).toContain('<SSEAlgorithm>aws:kms</SSEAlgorithm>');
    expect(await setting('versioning')).toContain('<Status>Enabled</Status>');
    expect(await setting('publicAccessBlock')).toContain(
      '<RestrictPublicBuckets>true</RestrictPublicBuckets>',
    );
    const state: { resources: unknown[] } = await (
      await moto.ask('GET', `${BUCKET}/${KEY}`)
    ).json();
    expect(state.resources.length).toBeGreaterThan(1);

    // Somebody else is at it.
    const lock = `${BUCKET}/${KEY}.tflock`;
    await moto.ask(
      'PUT',
      lock,
      JSON.stringify({ ID: 'one', Who: 'casey@laptop', Operation: 'OperationTypeApply' }),
    );
    const locked = await run('plan');
    expect(locked.succeeded).toBe(false);
    expect(locked.said).toMatch(/Error acquiring the state lock[\s\S]*casey@laptop/);
    await moto.ask('DELETE', lock);

    // At once: both get through when they wait for each other.
    const both = await Promise.all([1, 2].map(() => run('plan', '-lock-timeout=300s')));
    expect(both.map(({ succeeded, said }) => (succeeded ? '' : said))).toEqual(['', '']);
    expect((await moto.ask('HEAD', lock)).status).toBe(404);
    for (const { said } of both) expect(said).toContain('No changes.');
  },
  LIMIT,
);
