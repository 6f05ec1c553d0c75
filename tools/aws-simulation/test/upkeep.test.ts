/** What a simulation leaves, and what it is when it is off. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetBuilds } from '../simulation.ts';

// The first simulation is built.
setDefaultTimeout(600_000);

const withFolder = async (use: (folder: string) => unknown) => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-upkeep-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const start = (script: string, environment: Record<string, string> = {}) =>
  Bun.spawn(
    [process.execPath, '-e', `import { startSimulation } from './simulation.ts';${script}`],
    {
      cwd: join(import.meta.dir, '..'),
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );

test('a simulation whose process is killed leaves no folder', async () => {
  const child = start(
    'const { accounts } = await startSimulation(); console.log(accounts); setInterval(() => {}, 1000);',
  );
  const reader = child.stdout.getReader();
  const line = new TextDecoder().decode((await reader.read()).value).trim();
  const folder = join(line, '..');
  expect(existsSync(folder)).toBe(true);
  child.kill('SIGKILL');
  await child.exited;
  while (existsSync(folder)) await Bun.sleep(50);
});

test('builds that nothing has used for two weeks are removed', () =>
  withFolder((cache) => {
    const daysOld = { 'aws-simulation-old': 15, 'aws-simulation-new': 13, 'opentofu-1.0.0': 99 };
    for (const [name, days] of Object.entries(daysOld)) {
      mkdirSync(join(cache, name));
      const then = new Date(Date.now() - days * 86_400_000);
      utimesSync(join(cache, name), then, then);
    }
    forgetBuilds(cache);
    expect(readdirSync(cache).sort()).toEqual(['aws-simulation-new', 'opentofu-1.0.0']);
  }));

test('with SIMULATION=off OpenTofu and aws are told of nothing simulated', () =>
  withFolder(async (folder) => {
    for (const program of ['tofu', 'aws']) {
      await Bun.write(join(folder, program), `#!/bin/sh\necho ${program} "$@"\nenv\n`);
      chmodSync(join(folder, program), 0o755);
    }
    const child = start(
      `const simulation = await startSimulation();
       console.log(await simulation.run('.', 'init'), (await simulation.aws('sts')).stdout);
       await simulation.stop();`,
      {
        SIMULATION: 'off',
        TF_CLI_CONFIG_FILE: 'own.rc',
        TOFU: join(folder, 'tofu'),
        PATH: `${folder}:${process.env.PATH}`,
        // Nothing is built either.
        XDG_CACHE_HOME: folder,
      },
    );
    const output = await new Response(child.stdout).text();
    expect(await child.exited).toBe(0);
    expect(output).toContain('tofu init -no-color -input=false\n');
    expect(output).toContain('aws sts\n');
    expect([...output.matchAll(/^TF_CLI_CONFIG_FILE=(.*)$/gm)].map(([, file]) => file)).toEqual([
      'own.rc',
      'own.rc',
    ]);
    expect(output).not.toMatch(/^AWS_SIMULATION_|stand-in:/m);
    expect(readdirSync(folder)).not.toContain('hello');
  }));
