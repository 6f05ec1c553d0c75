/** Measures what it gains to run production's units side by side, and writes it to docs/live.md: `bun live/bench/main.ts`. */
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { affectedUnits, findUnits } from '../../tools/affected-units.ts';
import { withSection } from '../../tools/section.ts';
import { plantTree, type Tree } from '../test/tree.ts';

const PAGE = join(import.meta.dir, '../../docs/live.md');
const ENVIRONMENT = 'prod';
/** A number that one unit alone reads. */
const EDIT = {
  file: 'live/prod/environment.hcl',
  from: 'backup_retention_days = 14',
  to: 'backup_retention_days = 15',
  unit: 'prod/eu-west-1/app/database',
};

/** The shares of AWS's time that the simulated account takes for its answers: all of it would make an apply last hours. */
const SHARES = [
  { apply: 0, plan: 0 },
  { apply: 0.1, plan: 1 },
] as const;

/** Seconds that something takes, which must succeed. */
const secondsOf = async (what: string, run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  console.log(`${what}: ${seconds.toFixed(1)} s`);
  return seconds;
};

/** A command in each unit's folder, one after another. */
const each = async (tree: Tree, units: readonly string[], command: string): Promise<void> => {
  const words = command === 'apply' ? [command, '-auto-approve', '-input=false'] : [command];
  for (const unit of units) {
    const { succeeded, said } = await tree.terragrunt(ENVIRONMENT, unit, ...words);
    if (!succeeded) throw new Error(`${unit}: ${command}\n${said.slice(-5_000)}`);
  }
};

const rows: string[] = [];
const measure = async (shares: (typeof SHARES)[number]): Promise<void> => {
  await using together = await plantTree();
  await using apart = await plantTree();
  const units = (await findUnits(apart.folder))
    .map(({ path }) => path)
    .filter((path) => path.startsWith(`${ENVIRONMENT}/`));
  for (const command of ['apply', 'plan'] as const) {
    const share = shares[command];
    for (const { simulation } of [together, apart]) simulation.faults({ latency: share });
    const all = await secondsOf(`${share} ${command}, run --all`, () =>
      together.all(ENVIRONMENT, command),
    );
    const sum = await secondsOf(`${share} ${command}, ${units.length} units apart`, () =>
      each(apart, units, command),
    );
    const [ratio, goal] = [all / sum, share === 0 ? 0.65 : 0.4];
    rows.push(
      `| ${command} | ${share === 0 ? 'at once' : share === 1 ? 'in its time' : `in ${share} of its time`} | ${all.toFixed(0)} | ${sum.toFixed(0)} | ${ratio.toFixed(2)} | ${goal} |`,
    );
  }
};

/** What somebody waits for who changes a number of one unit. */
const measureEdit = async (): Promise<void> => {
  await using tree = await plantTree();
  const generated = await secondsOf('stack generate', () =>
    tree.terragrunt(ENVIRONMENT, ENVIRONMENT, 'stack', 'generate'),
  );
  await tree.all(ENVIRONMENT, 'apply');
  await tree.edit(EDIT.file, (text) => text.replace(EDIT.from, EDIT.to));
  const found = await secondsOf('affected units', () => affectedUnits(tree.folder, 'HEAD'));
  const planned = await secondsOf(`plan of ${EDIT.unit}`, () => each(tree, [EDIT.unit], 'plan'));
  rows.push(
    '',
    `Generating production's units takes ${generated.toFixed(1)} s. From a changed number to its plan: ${found.toFixed(1)} s for what it reaches, ${planned.toFixed(1)} s for the plan of that unit.`,
  );
};

for (const shares of SHARES) await measure(shares);
await measureEdit();
const today = new Date().toISOString().slice(0, 10);
await Bun.write(
  PAGE,
  withSection(
    await Bun.file(PAGE).text(),
    'speed',
    [
      '| production | AWS answers | `run --all`, s | unit after unit, s | ratio | goal |',
      '|---|---|---:|---:|---:|---:|',
      ...rows,
      '',
      `Measured on ${today}, ${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()[2]?.toFixed(0)}, providers cached.`,
    ].join('\n'),
  ),
);
