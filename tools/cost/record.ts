/**
 * Applies environments, and the choices of production's regions, on the simulated account, and writes what is billed of
 * each into recorded.json: `bun tools/cost/record.ts`. It takes some minutes.
 */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENTS, plantTree } from '../../live/test/tree.ts';
import type { Recorded } from './bill.ts';
import { countBilled } from './billed.ts';
import { readPrices } from './prices.ts';

const PRIMARY = { 'eu-west-1': 'primary' };
const STANDBY = 'live/prod/eu-central-1';

const prices = await readPrices();
const recorded: Record<string, Recorded> = {};
const tree = await plantTree();
try {
  const record = async (
    name: string,
    environment: keyof typeof ENVIRONMENTS,
    clusters: Recorded['clusters'],
    ...words: string[]
  ) => {
    console.error(`applying ${name}`);
    await tree.all(environment, ...words, 'apply');
    const account = (await tree.simulation.resources()).filter(
      (resource) => resource.account === ENVIRONMENTS[environment],
    );
    recorded[name] = { clusters, counts: countBilled(account, prices) };
  };
  const edit = (change: (text: string) => string) =>
    tree.edit(`${STANDBY}/terragrunt.stack.hcl`, change);
  const [there, aside] = [STANDBY, 'build/standby'].map((path) => join(tree.folder, path)) as [
    string,
    string,
  ];

  renameSync(there, aside);
  await record('prod-one-region', 'prod', PRIMARY);
  renameSync(aside, there);
  await record('prod', 'prod', { ...PRIMARY, 'eu-central-1': 'standby' });
  await edit((text) => text.replace('instances = 0', 'instances = 1'));
  await record(
    'prod-warm',
    'prod',
    { ...PRIMARY, 'eu-central-1': 'standby' },
    ...['--filter', './eu-central-1/app/*'],
  );
  await edit((text) =>
    text.replace('instances = 1', 'instances = 3').replace('"standby"', '"active"'),
  );
  await record('prod-active', 'prod', { ...PRIMARY, 'eu-central-1': 'active' });
  await record('dev', 'dev', { 'eu-west-1': 'development' });
} finally {
  await tree[Symbol.asyncDispose]();
}
await Bun.write(join(import.meta.dir, 'recorded.json'), `${JSON.stringify(recorded, null, 2)}\n`);
