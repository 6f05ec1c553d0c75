/** What environments there are, and what their files say, for programs that don't ask Terragrunt. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LIVE = join(import.meta.dir, '../live');

const fileOf = (environment: string): string => join(LIVE, environment, 'environment.hcl');

/** The names of the environments. */
export const environments = (): string[] =>
  readdirSync(LIVE)
    .filter((name) => existsSync(fileOf(name)))
    .sort();

/**
 * A text of an environment's file, such as its `domain`.
 * @throws Error when it isn't there
 */
export const settingOf = (environment: string, name: 'account_id' | 'domain'): string => {
  const line = new RegExp(`^ *${name} *= *"(.+)"`, 'm').exec(
    readFileSync(fileOf(environment), 'utf8'),
  );
  if (!line?.[1]) throw new Error(`live/${environment}/environment.hcl: ${name} is missing`);
  return line[1];
};

/** Whether an environment is production. */
export const isProduction = (environment: string): boolean =>
  /^ *production *= *true$/m.test(readFileSync(fileOf(environment), 'utf8'));
