/** Where states are: Terragrunt makes the bucket, OpenTofu locks in it. */
import { expect, setDefaultTimeout } from 'bun:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { testUnless, WITHOUT_SOURCES } from '../../modules/tests/sources.ts';
import { type Moto, prepareMoto, startMoto } from './moto.ts';
import { openShell, readSteps } from './runbook.ts';
import { stopAfter } from './stop.ts';
import { ENVIRONMENTS, LIMIT, plantTree, type Tree } from './tree.ts';

setDefaultTimeout(LIMIT);

const missing = prepareMoto();
if (missing) console.log(`skipped: ${missing}`);
const testWithMoto = testUnless(missing || WITHOUT_SOURCES);

const ROOT = join(import.meta.dir, '../..');
const BUCKET = `hello-dev-state-${ENVIRONMENTS.dev}-us-east-1`;
const UNIT = 'dev/global/shared/dns';
const KEY = `${UNIT}/terraform.tfstate`;

/** A tree whose states are in moto's S3, as the account of dev. */
const plantWithMoto = async (moto: Moto): Promise<Tree> => {
  const tree = await plantTree();
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
  return tree;
};

const APPLY = ['apply', '-auto-approve', '-input=false'];

testWithMoto(
  'a bucket is made, encrypted, versioned and closed; one that plans or applies locks out others',
  async () => {
    using moto = await startMoto(ENVIRONMENTS.dev);
    await using tree = await plantWithMoto(moto);
    const run = async (...words: string[]) => tree.terragrunt('dev', UNIT, ...words);

    const stranger = await tree.terragrunt('prod', UNIT, ...APPLY, '--backend-bootstrap');
    expect(stranger.succeeded).toBe(false);
    expect(stranger.said).toContain(
      `These credentials are of account ${ENVIRONMENTS.prod}, and dev is ${ENVIRONMENTS.dev}`,
    );
    const refused = await run(...APPLY);
    expect(refused.succeeded).toBe(false);
    expect((await moto.ask('HEAD', BUCKET)).status).toBe(404);
    const made = await run(...APPLY, '--backend-bootstrap');
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

testWithMoto(
  'a run that was killed leaves a lock and what no state has, and the page tells how to go on',
  async () => {
    using moto = await startMoto(ENVIRONMENTS.dev);
    await using tree = await plantWithMoto(moto);
    const run = async (...words: string[]) => {
      const { succeeded, said } = await tree.terragrunt('dev', UNIT, ...words);
      expect([words, succeeded, succeeded ? '' : said]).toEqual([words, true, '']);
      return said;
    };
    // So that the zone is there, and the records that come after it are not.
    tree.simulation.faults({ latency: 2 });
    const { stopped } = await stopAfter(
      tree,
      UNIT,
      [...APPLY, '--backend-bootstrap'],
      'SIGKILL',
      (line) => line.includes('aws_route53_zone.this: Creation complete'),
    );
    expect(stopped).toBe(true);
    tree.simulation.faults({});
    const made = async () => (await tree.simulation.resources()).map(({ type, id }) => [type, id]);
    const [[type, zone = ''] = [], ...more] = await made();
    expect([type, more]).toEqual(['aws_route53_zone', []]);
    expect((await moto.ask('HEAD', `${BUCKET}/${KEY}`)).status).toBe(404);

    const locked = await tree.terragrunt('dev', UNIT, ...APPLY);
    expect(locked.succeeded).toBe(false);
    expect(locked.said).toMatch(
      /Error acquiring the state lock[\s\S]*Operation: +OperationTypeApply/,
    );
    const [, id = ''] = /ID: +([\w-]{36})/.exec(locked.said) ?? [];
    await run('force-unlock', '-force', id);

    const [block = ''] =
      readSteps(await Bun.file(join(ROOT, 'docs/live.md')).text()).find(
        ({ title }) => title === 'When a run breaks off',
      )?.blocks ?? [];
    const { environment } = tree.simulation;
    using shell = openShell(join(tree.folder, 'live', UNIT), {
      ...environment,
      AWS_SIMULATION_ACCOUNT_ID: ENVIRONMENTS.dev,
      PATH: [join(ROOT, 'tools/terragrunt'), environment.PATH].join(':'),
    });
    const unknown = async () =>
      (await shell.run(`${block.trim()} || true`)).split('\n').filter((line) => /^arn:/.test(line));
    expect(await unknown()).toEqual([`arn:aws:route53:::hostedzone/${zone}`]);
    await run('import', 'aws_route53_zone.this', zone);
    expect(await unknown()).toEqual([]);
    await run(...APPLY);
    expect((await made()).filter(([kind]) => kind === 'aws_route53_zone')).toEqual([[type, zone]]);
    expect(await run('plan')).toContain('No changes.');
  },
  LIMIT,
);

testWithMoto(
  'a run whose credentials end keeps its state in a file, and the page tells how to go on',
  async () => {
    using moto = await startMoto(ENVIRONMENTS.dev);
    await using tree = await plantWithMoto(moto);
    let ended = false;
    using between = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: async (request) => {
        const { pathname, search } = new URL(request.url);
        ended ||= request.method === 'PUT' && pathname.endsWith('.tfstate');
        if (ended)
          return new Response(
            '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>',
            { status: 400 },
          );
        const { method, headers } = request;
        return fetch(`${moto.url}${pathname}${search}`, {
          method,
          headers,
          body: await request.arrayBuffer(),
        });
      },
    });
    tree.simulation.environment.AWS_ENDPOINT_URL = `http://127.0.0.1:${between.port}`;
    const run = (...words: string[]) => tree.terragrunt('dev', UNIT, ...words);
    const failed = await run(...APPLY, '--backend-bootstrap');
    expect(failed.succeeded).toBe(false);
    expect(failed.said).toContain('Failed to persist state to backend');
    const made = await tree.simulation.resources();
    expect(made.map(({ type }) => type)).toContain('aws_route53_zone');

    tree.simulation.environment.AWS_ENDPOINT_URL = moto.url;
    const [, id = ''] = /ID: +([\w-]{36})/.exec((await run('plan')).said) ?? [];
    for (const words of [
      ['force-unlock', '-force', id],
      ['state', 'push', 'errored.tfstate'],
    ])
      expect(await run(...words)).toMatchObject({ succeeded: true });
    expect((await run('plan')).said).toContain('No changes.');
    expect(await tree.simulation.resources()).toEqual(made);
  },
  LIMIT,
);

testWithMoto(
  'the unit of the states adopts their bucket, and a later bootstrap changes nothing of it',
  async () => {
    using moto = await startMoto(ENVIRONMENTS.dev);
    await using tree = await plantWithMoto(moto);
    const unit = 'dev/global/shared/state';
    // The simulated account and moto are two: it gets what Terragrunt makes in moto.
    tree.simulation.environment.AWS_SIMULATION_ACCOUNT_ID = ENVIRONMENTS.dev;
    const made = tree.simulation.root({
      'main.tf': `provider "aws" { region = "us-east-1" }
        resource "aws_s3_bucket" "states" { bucket = "${BUCKET}" }`,
    });
    await tree.simulation.run(made, 'init');
    await tree.simulation.run(made, 'apply', '-auto-approve');

    const adopted = await tree.terragrunt('dev', unit, ...APPLY, '--backend-bootstrap');
    expect([adopted.succeeded, adopted.succeeded ? '' : adopted.said]).toEqual([true, '']);
    expect(adopted.said).toContain('Apply complete! Resources: 1 imported');
    const account = await tree.simulation.resources();
    const named = (type: string) =>
      account.find((resource) => resource.type === type && resource.attributes.bucket === BUCKET);
    expect(named('aws_s3_bucket')?.attributes.tags_all.unit).toBe('state');

    // Another clone, whose bootstrap looks at everything. moto's denials know no conditions: all is allowed there.
    const policy = String(named('aws_s3_bucket_policy')?.attributes.policy).replaceAll(
      /"Deny"/g,
      '"Allow"',
    );
    await moto.ask('PUT', `${BUCKET}?policy`, policy);
    await tree.edit('live/root.hcl', (text) => text.replace('skip_bucket_enforced_tls = true', ''));
    rmSync(join(tree.folder, 'build/terragrunt'), { recursive: true });
    const again = await tree.terragrunt('dev', unit, 'plan', '--backend-bootstrap');
    expect([again.succeeded, again.succeeded ? '' : again.said]).toEqual([true, '']);
    expect(again.said).toContain('No changes.');
    expect(await (await moto.ask('GET', `${BUCKET}?policy`)).json()).toEqual(JSON.parse(policy));
  },
  LIMIT,
);
