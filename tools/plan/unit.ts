/** Plans and applies one unit by Terragrunt, in its folder. */
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { collect } from '../collect.ts';
import { type Plan, readPlan, withoutAccounts } from './plan.ts';

const TERRAGRUNT = join(import.meta.dir, '../terragrunt/terragrunt');
const TOFU = join(import.meta.dir, '../opentofu/tofu');

/** What Terragrunt says of a unit that needs another's outputs before that was applied, or a region's that it lacks yet. */
const WAITS = /detected no outputs|\.hcl:[\d,-]+: Invalid index;/;

const RUN = ['-input=false', '-no-color'];

/** For an apply, another run's lock on the state is waited for. */
const LOCKED = '-lock-timeout=10m';

/** A unit needs outputs that aren't there yet: it can be planned once what it needs is applied. */
export class WaitingError extends Error {
  override name = 'WaitingError';
}

/** Lines of a failure that are told. */
const TOLD = 40;

/** What a failed run said from its first error on, for people: not too long, without numbers of accounts. */
export const failure = (said: string): string => {
  const lines = withoutAccounts(said).trimEnd().split('\n');
  const first = lines.findIndex((line) => /\bError: |\bERROR\b/.test(line));
  const told = first === -1 ? lines.slice(-TOLD) : lines.slice(first, first + TOLD);
  return told.join('\n');
};

/** Runs Terragrunt; what it wrote to standard output. Its own words and OpenTofu's go to standard error. */
export const terragrunt = async (folder: string, ...words: readonly string[]): Promise<string> => {
  const { status, output, errors } = await collect([TERRAGRUNT, ...words], {
    cwd: folder,
    env: { TG_TF_PATH: TOFU, ...process.env, TG_NON_INTERACTIVE: 'true', TG_NO_COLOR: 'true' },
  });
  if (status === 0) return output;
  const ended = withoutAccounts(`${folder}: terragrunt ${words[0]} ended with ${status}`);
  const message = `${ended}\n${failure(output + errors)}`;
  throw WAITS.test(errors) ? new WaitingError(message) : new Error(message);
};

const planFile = (output: string, unit: string): string => resolve(output, `${unit}.plan`);

/** Where the plan of a unit lies as JSON. */
export const jsonFile = (output: string, unit: string): string => resolve(output, `${unit}.json`);

/**
 * Plans a unit, and leaves its plan in a folder, for OpenTofu and as JSON. Without a lock it is no plan to apply: another
 * run may change the state meanwhile.
 * @throws WaitingError when it needs what isn't applied; Error with what Terragrunt says
 */
export const planUnit = async (
  root: string,
  unit: string,
  output: string,
  lock: 'locked' | 'unlocked',
): Promise<Plan> => {
  const [folder, file] = [join(root, unit), planFile(output, unit)];
  mkdirSync(dirname(file), { recursive: true });
  const locking = lock === 'locked' ? LOCKED : '-lock=false';
  await terragrunt(folder, 'plan', ...RUN, locking, `-out=${file}`);
  await Bun.write(jsonFile(output, unit), await terragrunt(folder, 'show', '-json', file));
  return readPlan(jsonFile(output, unit));
};

/** Applies the plan that {@link planUnit} left. */
export const applyUnit = async (root: string, unit: string, output: string): Promise<void> => {
  const file = planFile(output, unit);
  await terragrunt(join(root, unit), 'apply', ...RUN, LOCKED, file);
};
