/** What `bun run simulate` says and leaves, in a copy of the work tree. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG_LIMIT, testLong } from '../../../live/test/long.ts';
import { lives } from '../../../live/test/stop.ts';
import { ENVIRONMENTS, LIMIT } from '../../../live/test/tree.ts';
import { testWithSources } from '../../../modules/tests/sources.ts';
import { until } from '../../../service/test/support/until.ts';
import { collect } from '../../collect.ts';
import { type Rehearsal, rehearse } from '../../rehearsal.ts';
import { drawOrder } from '../order.ts';

setDefaultTimeout(LIMIT);

let copy: Rehearsal;
beforeAll(async () => {
  copy = await rehearse();
});
afterAll(() => copy[Symbol.asyncDispose]());

const simulate = (words: string[], environment?: Record<string, string>) =>
  copy.run('simulate', words, environment);

/** Throws with what was said unless it succeeded. */
const simulated = async (words: string[], environment?: Record<string, string>) => {
  const { status, output, errors } = await simulate(words, environment);
  if (status !== 0)
    throw new Error(`${words.join(' ')} ended with ${status}\n${output}\n${errors}`);
  return output;
};

test('units are drawn a step after what they wait for', () => {
  expect(
    drawOrder([
      { path: 'global/shared/dns', dependencies: [] },
      { path: 'eu-west-1/shared/network', dependencies: [] },
      { path: 'eu-west-1/shared/cluster', dependencies: ['eu-west-1/shared/network'] },
      {
        path: 'eu-west-1/app/database',
        dependencies: ['eu-west-1/shared/cluster', 'global/shared/dns'],
      },
    ]),
  ).toBe(
    [
      '  1  eu-west-1/shared/network',
      '  1  global/shared/dns',
      '  2  eu-west-1/shared/cluster  <- network',
      '  3  eu-west-1/app/database    <- global/shared/dns shared/cluster',
    ].join('\n'),
  );
});

testWithSources(
  'what it does not know is refused, before anything is begun',
  async () => {
    for (const [words, fault] of [
      [[], 'environment "" is not in live/: use dev, prod'],
      [['prd'], 'environment "prd" is not in live/: use dev, prod'],
      [['dev', 'aply'], 'command "aply" is unknown: use apply, destroy, shell'],
      [['dev', 'destroy', 'x'], 'destroy is of the whole environment: leave out x'],
      [['dev', 'apply', 'shared/dns'], 'no unit of dev is shared/dns: use a path such as '],
    ] as const) {
      const { status, output, errors } = await simulate([...words]);
      expect([status, output, errors]).toEqual([2, '', expect.stringContaining(fault)]);
    }
    expect(existsSync(join(copy.folder, 'build/simulation/dev/states'))).toBe(false);
  },
  LIMIT,
);

test('with SIMULATION=off, where it would apply to a real account, it is refused', async () => {
  const { status, output, errors } = await simulate(['dev'], { SIMULATION: 'off' });
  expect([status, output]).toEqual([2, '']);
  expect(errors).toStartWith('SIMULATION=off is of tests: unset it');
});

test('without the code of modules it says which, and where they are to be had', async () => {
  const { status, output, errors } = await simulate(['prod'], {
    XDG_CACHE_HOME: join(copy.folder, 'nothing'),
    MODULE_REGISTRY: '',
  });
  expect([status, output]).toEqual([2, '']);
  expect(errors).toMatch(
    /^ {2}https:\/\/github\.com\/terraform-aws-modules\/terraform-aws-vpc at v\d+\.\d+\.\d+$/m,
  );
  expect(errors).toEndWith('and run: make modules FROM=<folder>\n');
  expect(existsSync(join(copy.folder, 'build/simulation/prod'))).toBe(false);
});

testWithSources(
  'a run that failed names the unit and is completed; a shell is on the account; a destroy leaves nothing',
  async () => {
    const units = 'global/shared/{dns,registry}';
    const apply = ['dev', 'apply', units];
    const accounts = join(copy.folder, 'build/simulation/dev/accounts');
    mkdirSync(accounts, { recursive: true });
    writeFileSync(join(accounts, 'faults.json'), '{"deny": ["create aws_ecr_repository"]}');
    const denied = await simulate(apply);
    expect(denied.status).toBe(1);
    expect(denied.output).toContain('  1  global/shared/dns\n  1  global/shared/registry\n');
    expect(denied.output).toMatch(/^ {2}1\/2 +\d+\.\d s {2}global\/shared\/dns {2}3 added$/m);
    expect(denied.errors).toMatch(
      /^failed: global\/shared\/registry\n.*Error: [\s\S]*not authorized to create aws_ecr_repository/m,
    );
    expect(denied.errors).toContain('the same command again completes the apply.');

    rmSync(join(accounts, 'faults.json'));
    // A person's own settings are none of its.
    const completed = await simulate(apply, { TF_CLI_CONFIG_FILE: join(copy.folder, 'nothing') });
    expect([completed.status, completed.errors]).toEqual([0, '']);
    expect(completed.output).toMatch(/global\/shared\/dns {2}no changes$/m);
    expect(completed.output).toMatch(/global\/shared\/registry {2}\d+ added$/m);
    expect(completed.output).toMatch(/^resources +\d+ eu-west-1, 3 global$/m);
    expect(await simulated(apply)).toMatch(/^dev: 2 units in \d+ s, no changes$/m);

    const planned = join(copy.folder, 'build/planned');
    const shell = join(copy.folder, 'build/shell');
    writeFileSync(
      shell,
      `#!/bin/sh\ncd global/shared/dns && terragrunt plan -no-color > ${planned} && aws sts get-caller-identity --region eu-west-1\n`,
      { mode: 0o755 },
    );
    expect(await simulated(['dev', 'shell'], { SHELL: shell })).toContain(ENVIRONMENTS.dev);
    expect(await Bun.file(planned).text()).toContain('No changes.');

    expect(await simulated(['dev', 'destroy'])).toMatch(/global\/shared\/dns {2}3 destroyed$/m);
    expect(existsSync(join(copy.folder, 'build/simulation/dev'))).toBe(false);
    expect(await simulated(['dev', 'destroy'])).toBe('nothing of dev is applied\n');
  },
  LIMIT,
);

/** Stops it after some units, and waits for the end of what it had started. */
const stopProd = async (signal: 'SIGINT' | 'SIGKILL') => {
  const child = Bun.spawn([process.execPath, 'tools/simulate/simulate.ts', 'prod'], {
    cwd: copy.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors = new Response(child.stderr).text();
  let said = '';
  let group = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (group > 0 || !/^ *5\//m.test(said)) continue;
    group = Number((await collect(['pgrep', '-P', String(child.pid), 'terragrunt'])).output);
    child.kill(signal);
  }
  expect(group).toBeGreaterThan(1);
  await until(() => !lives(group), LIMIT);
  return { status: await child.exited, errors: await errors };
};

testLong(
  'all of prod is applied, also after it was interrupted and killed, then changes nothing, and is destroyed',
  async () => {
    expect(await stopProd('SIGINT')).toEqual({
      status: 130,
      errors: expect.stringContaining('the same command again completes the apply.'),
    });
    expect((await stopProd('SIGKILL')).status).toBe(137);

    const applied = await simulated(['prod']);
    for (const line of [
      /^serves at +https:\/\/hello\.example\.com/m,
      /^Kubernetes, eu-central-1\/shared\/cluster: https:/m,
      /^database, eu-west-1\/app\/database: .*\.eu-west-1\.rds\.amazonaws\.com$/m,
      /^on AWS +\d{4} US dollars a month/m,
    ])
      expect(applied).toMatch(line);
    expect(await simulated(['prod'])).toMatch(/^prod: \d+ units in \d+ s, no changes$/m);

    const destroyed = await simulated(['prod', 'destroy']);
    expect(destroyed).toContain('First their protection against deletion is taken away');
    expect(destroyed).toMatch(/global\/shared\/dns {2}\d+ destroyed$/m);
    expect(existsSync(join(copy.folder, 'build/simulation/prod'))).toBe(false);
  },
  LONG_LIMIT,
);
