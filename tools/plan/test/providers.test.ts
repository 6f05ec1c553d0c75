/** Providers by a stand-in for their registry, whose packages are the simulated account's. */
import { expect } from 'bun:test';
import { chmodSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { testLong } from '../../../live/test/long.ts';
import { LIMIT, plantTree, type Tree } from '../../../live/test/tree.ts';
import { buildProgram } from '../../aws-simulation/simulation.ts';
import versions from '../../aws-simulation/versions.json' with { type: 'json' };
import { callIn } from './call.ts';
import { type Registry, startRegistry } from './registry.ts';

const LOCK = 'modules/providers.lock.hcl';
const MODULE = 'shared/dns';

/** Has a tree ask the registry, in place of its mirror, and a program for GitHub's that knows no issue. */
const prepare = async (tree: Tree, { url }: Registry): Promise<void> => {
  const mirrored = await Bun.file(tree.simulation.environment.TF_CLI_CONFIG_FILE ?? '').text();
  await Bun.write(
    join(tree.folder, 'build/registry.rc'),
    mirrored
      .replace(/provider_installation \{[\s\S]*?\n\}\n/, '')
      .replaceAll('services = {', `services = { "providers.v1" = "${url}",`),
  );
  const gh = join(tree.folder, 'build/bin/gh');
  await Bun.write(gh, '#!/bin/sh\necho "$1 $2" >> build/calls\n[ "$2" != list ] || echo "[]"\n');
  chmodSync(gh, 0o755);
};

testLong(
  'the lock is what the registry has and what units take, and modules are what the providers take',
  async () => {
    await using tree = await plantTree();
    const here = `${platform()}_${arch() === 'x64' ? 'amd64' : arch()}`;
    using registry = startRegistry(versions, await Bun.file(await buildProgram()).bytes(), here);
    await prepare(tree, registry);
    const call = (...words: readonly string[]) =>
      callIn(
        tree,
        { TF_CLI_CONFIG_FILE: join(tree.folder, 'build/registry.rc') },
        ...['tools/plan/providers.ts', ...words],
      );

    const calls = join(tree.folder, 'build/calls');
    const without = await call('drift', MODULE);
    expect(without).toMatchObject({ status: 0, errors: '' });
    expect(without.output).toStartWith(`### ${LOCK} is not there`);
    expect(without.output).toMatch(/provider "registry.*\/aws"[^#]*$/);
    expect(await Bun.file(calls).text()).toBe('issue list\nlabel create\nissue create\n');

    expect(await call('lock')).toMatchObject({ status: 0, output: '', errors: '' });
    const made = await Bun.file(join(tree.folder, LOCK)).text();
    for (const name of ['aws', 'helm', 'kubernetes'])
      expect(made).toMatch(new RegExp(`/hashicorp/${name}"[^}]*(\\s+"h1:[^"]+",){4}`));
    expect(await call('drift', MODULE)).toMatchObject({
      ...{ status: 0, output: 'providers: nothing differs\n', errors: '' },
    });

    // Units take these, and no others.
    const { environment } = tree.simulation;
    environment.PROVIDER_LOCK = join(tree.folder, LOCK);
    const unit = 'dev/global/shared/dns';
    await tree.terragrunt('dev', '', 'stack', 'generate');
    const init = () => tree.terragrunt('dev', unit, 'init', '-backend=false');
    expect(await init()).toMatchObject({ succeeded: true });
    await tree.edit(LOCK, (text) => text.replaceAll(/"h1:[^"]{4}/g, '"h1:AAAA'));
    const other = await init();
    expect(other.succeeded).toBe(false);
    expect(other.said).toContain("doesn't match any of the checksums");

    // A module that the provider refuses is told beside.
    await tree.edit(`modules/${MODULE}/main.tf`, (text) =>
      text.replace(/^resource "aws_\w+" "\w+" \{\n/m, '$&  unheard_of = true\n'),
    );
    const differing = await call('drift', MODULE);
    expect(differing.status).toBe(0);
    expect(differing.output).toContain(`### ${LOCK} is not what the registry has`);
    expect(differing.output).toContain(`### modules/${MODULE}\n`);
    await tree.git('restore', 'modules');
    await Bun.write(join(tree.folder, LOCK), made);

    // Another package under the same version.
    registry.notes.set('darwin_arm64', 'another');
    const changed = await call('drift', MODULE);
    expect(changed.output).toMatch(/is not what the registry has[^#]* "zh:[^#]*$/);
    registry.notes.clear();

    // A module that can't be had.
    await tree.edit('modules/shared/registry/main.tf', (text) =>
      text.replace(/(?<=terraform-aws-modules.*\n\s+version = ")[\d.]+/, '99.0.0'),
    );
    const gone = await call('drift', 'shared/registry');
    expect(gone.output).toContain('### modules/shared/registry\n');
    expect(gone.output).toContain('Unresolvable module version constraint');
    expect(await call('drift', 'shared/none')).toMatchObject({ status: 2 });
  },
  LIMIT,
);
