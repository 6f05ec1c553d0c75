/**
 * An environment of live/ on a simulated AWS account, which stays in build/simulation/<environment>:
 *   bun run simulate prod                        # applies all of it; again: completes it, or says that nothing changes
 *   bun run simulate prod apply 'global/shared/*'    # some units, by patterns of their paths
 *   bun run simulate prod shell                  # a shell in which terragrunt, tofu and aws are on that account
 *   bun run simulate prod destroy                # destroys it, and forgets the account
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';
import { findUnits } from '../affected-units.ts';
import { SIMULATED } from '../aws-simulation/simulation.ts';
import { missingSources } from '../aws-simulation/sources.ts';
import { environments } from '../environments.ts';
import { drawOrder } from './order.ts';
import { openPlace, type Place } from './place.ts';
import { runUnits } from './run.ts';
import { describeKept, describeWhole } from './summary.ts';

const ROOT = join(import.meta.dir, '../..');
const COMMANDS = ['apply', 'destroy', 'shell'];

/** Ends with status 2 and a line for each fault. */
const refuse = (...faults: string[]): never => {
  for (const fault of faults) console.error(fault);
  process.exit(2);
};

const [environment = '', command = 'apply', ...patterns] = process.argv.slice(2);
if (!environments().includes(environment))
  refuse(`environment "${environment}" is not in live/: use ${environments().join(', ')}`);
if (!COMMANDS.includes(command))
  refuse(`command "${command}" is unknown: use ${COMMANDS.join(', ')}`);
if (patterns.length > 0 && command !== 'apply')
  refuse(`${command} is of the whole environment: leave out ${patterns.join(' ')}`);
if (!SIMULATED)
  refuse('SIMULATION=off is of tests: unset it, or run terragrunt as docs/live.md says');

const missing = await missingSources();
if (missing.length > 0)
  refuse(
    'The code of these modules is neither in the cache nor can the registry be reached:',
    ...missing.map((module) => {
      const [name = '', version = ''] = module.split(' ');
      return `  https://github.com/terraform-aws-modules/terraform-aws-${name} at v${version}`;
    }),
    'Clone them into one folder, each with its tags, and run: make modules FROM=<folder>',
  );

// Each installs itself at its first call, and shows its progress here alone.
for (const tool of ['opentofu/tofu', 'terragrunt/terragrunt'])
  if (!(await succeeds(join(ROOT, 'tools', tool), '--version'))) process.exit(1);

const place = await openPlace(environment);
try {
  process.exitCode = await { apply, destroy, shell }[command as 'apply' | 'destroy' | 'shell'](
    place,
  );
} finally {
  await place.close();
}

async function apply(place: Place): Promise<number> {
  const all = (await findUnits(ROOT))
    .filter(({ path }) => path.startsWith(`${environment}/`))
    .map(({ path, dependencies }) => ({ path: own(path), dependencies: dependencies.map(own) }));
  for (const pattern of patterns)
    if (!all.some(({ path }) => matches(pattern, path)))
      refuse(`no unit of ${environment} is ${pattern}: use a path such as ${all[0]?.path}`);
  const units = all.filter(
    ({ path }) => patterns.length === 0 || patterns.some((pattern) => matches(pattern, path)),
  );
  console.log(`${environment} in the order of its units, each with what it waits for:\n`);
  console.log(drawOrder(units));

  const filters =
    patterns.length === 0 ? [] : units.flatMap(({ path }) => ['--filter', `./${path}`]);
  const run = await runUnits(place, 'apply', units.length, filters);
  if (!run.succeeded) return explain('apply', run.interrupted);
  console.log(
    await describeWhole(place, { ...run, units: units.length, whole: patterns.length === 0 }),
  );
  return 0;
}

async function destroy(place: Place): Promise<number> {
  const began = performance.now();
  const applied = place.appliedUnits();
  if (applied.length > 0) {
    const guarded = await place.protectedUnits();
    if (guarded.length > 0) {
      console.log('First their protection against deletion is taken away:\n');
      const run = await runUnits(place, 'apply', guarded.length, [
        ...['--feature', `destroy=${environment}`],
        ...guarded.flatMap((unit) => ['--filter', `./${unit}`]),
      ]);
      if (!run.succeeded) return explain('destroy', run.interrupted);
      console.log();
    }
    const run = await runUnits(place, 'destroy', applied.length, [
      ...['--feature', `destroy=${environment}`],
      ...applied.flatMap((unit) => ['--filter', `./${unit}`]),
    ]);
    if (!run.succeeded) return explain('destroy', run.interrupted);
    const seconds = (performance.now() - began) / 1000;
    console.log(describeKept(await place.simulation.resources(), seconds));
  } else console.log(`nothing of ${environment} is applied`);
  rmSync(place.folder, { recursive: true, force: true });
  return 0;
}

async function shell(place: Place): Promise<number> {
  const program = process.env.SHELL ?? 'sh';
  console.error(`${program} in live/${environment}, on the simulated account; exit leaves it.`);
  // It and what it starts answer Ctrl-C themselves.
  process.on('SIGINT', () => {});
  const { TG_NON_INTERACTIVE: _, ...simulated } = place.simulation.environment;
  const tools = ['terragrunt', 'opentofu', 'bun'].map((tool) => join(ROOT, 'tools', tool));
  const child = Bun.spawn([program], {
    cwd: join(ROOT, 'live', environment),
    env: {
      ...process.env,
      ...simulated,
      PATH: [...tools, simulated.PATH ?? process.env.PATH].join(':'),
    },
    stdio: ['inherit', 'inherit', 'inherit'],
  });
  return child.exited;
}

async function succeeds(...command: string[]): Promise<boolean> {
  // The simulation has a CLI configuration of its own, and OpenTofu would warn of one that isn't there.
  const env = { ...process.env, TF_CLI_CONFIG_FILE: undefined };
  return (await Bun.spawn(command, { env, stdio: ['ignore', 'ignore', 'inherit'] }).exited) === 0;
}

function own(path: string): string {
  return path.slice(environment.length + 1);
}

function matches(pattern: string, path: string): boolean {
  return new Glob(pattern).match(path);
}

/** Says how to go on after a run that didn't get to its end; the status to end with. */
function explain(command: string, interrupted: boolean): number {
  console.error(
    `\n${interrupted ? 'Interrupted' : 'Not all of it'}: all that was said is in ${place.log}; the same command again completes the ${command}.`,
  );
  return interrupted ? 130 : 1;
}
