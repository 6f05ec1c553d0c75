import { expect, test } from 'bun:test';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { useServices } from './services.ts';
import { descendants } from './support/processes.ts';
import { COMMANDS } from './support/server.ts';

const ROOT = resolve(import.meta.dir, '../..');
const BUN = join(ROOT, 'tools/bun/bun');

/** What the commands need of the repository; a clone of it with a `.env` of its own. */
const FILES = ['Makefile', 'bunfig.toml', 'deno.json', 'node_modules', 'package.json', 'service'];

const services = useServices();

/** The version and the commit of the start line; the file sets both, the environment the commit. */
const started = async (command: (folder: string) => string[], hasFile = true) => {
  const { folder } = services;
  for (const name of [...FILES, 'tools']) symlinkSync(join(ROOT, name), join(folder, name));
  if (hasFile)
    writeFileSync(join(folder, '.env'), 'SERVICE_VERSION=of-file\nSERVICE_COMMIT=of-file\n');
  const server = await services.start({
    command: command(folder),
    databaseUrl: 'memory:',
    environment: { SERVICE_COMMIT: 'of-environment' },
  });
  for (const pid of descendants(server.pid)) process.kill(pid, 'SIGKILL');
  await server.stop('SIGKILL');
  const line = server
    .output()
    .split('\n')
    .find((text) => text.startsWith('{'));
  const { version, commit } = JSON.parse(line ?? '{}');
  return { version, commit, output: server.output() };
};

for (const [name, command] of [
  ['make dev', (folder) => ['make', '-C', folder, '-o', 'install', 'dev']],
  ['bun run dev', (folder) => [BUN, `--cwd=${folder}`, 'run', 'dev']],
  ['deno task dev', (folder) => [COMMANDS.deno[0] ?? '', 'task', `--cwd=${folder}`, 'dev']],
] as const satisfies [string, (folder: string) => string[]][]) {
  test(`${name} reads .env, which sets nothing that is set already`, async () => {
    expect(await started(command)).toMatchObject({ version: 'of-file', commit: 'of-environment' });
  }, 60_000);

  test(`${name} needs no .env`, async () => {
    const { version, output } = await started(command, false);
    expect(version).not.toBe('of-file');
    expect(output).not.toContain(".env' was not found");
  }, 60_000);
}

test('a start without reloading reads no .env', async () => {
  const { version } = await started((folder) => [BUN, `--cwd=${folder}`, 'service/src/main.ts']);
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
}, 60_000);
