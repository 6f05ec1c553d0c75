/** A copy of the work tree whose live/ runs on a simulated account. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Simulation, startSimulation } from '../../tools/aws-simulation/simulation.ts';
import { settingOf } from '../../tools/environments.ts';
import { packFunctions } from '../../tools/lambda.ts';
import { type Rehearsal, rehearse } from '../../tools/rehearsal.ts';

/** The environments, each with the number of its account. */
export const ENVIRONMENTS = {
  dev: settingOf('dev', 'account_id'),
  prod: settingOf('prod', 'account_id'),
} as const;

/** The longest a test waits on a busy machine, in milliseconds; the first one builds Terragrunt and the simulation. */
export const LIMIT = 1_200_000;

/** What a run did with a unit: `none`, or the numbers that it plans to add, change and destroy. */
export type Plans = Readonly<Record<string, string>>;

export interface Tree
  extends AsyncDisposable,
    Pick<Rehearsal, 'folder' | 'edit' | 'git' | 'commit'> {
  readonly simulation: Simulation;
  /** Runs Terragrunt in a folder of live/ with the credentials of an environment's account; what it said, by success. */
  readonly terragrunt: (
    environment: string,
    folder: string,
    ...words: string[]
  ) => Promise<{ succeeded: boolean; said: string }>;
  /** `run --all` in an environment; throws with what it said when it fails. */
  readonly all: (environment: string, ...words: string[]) => Promise<string>;
}

/** Starts a simulation with empty accounts and copies the work tree beside it. */
export const plantTree = async (): Promise<Tree> => {
  const rehearsal = await rehearse();
  const simulation = await startSimulation();
  const { folder } = rehearsal;
  await packFunctions(folder);
  mkdirSync(join(folder, 'build'), { recursive: true });
  Object.assign(simulation.environment, {
    STATE_BACKEND: 'local',
    STATE_FOLDER: join(folder, 'build/state'),
    TG_NO_COLOR: 'true',
  });

  const terragrunt: Tree['terragrunt'] = async (environment, where, ...words) => {
    simulation.environment.AWS_SIMULATION_ACCOUNT_ID =
      ENVIRONMENTS[environment as keyof typeof ENVIRONMENTS] ?? environment;
    const { exitCode, stdout, stderr } = await simulation.terragrunt(
      join(folder, 'live', where),
      ...words,
    );
    return { succeeded: exitCode === 0, said: stdout + stderr };
  };

  return {
    ...rehearsal,
    simulation,
    terragrunt,
    all: async (environment, ...words) => {
      const { succeeded, said } = await terragrunt(
        environment,
        environment,
        ...['run', '--all', '--feature', 'production=true', ...words],
      );
      if (!succeeded) throw new Error(`${environment}: ${words.join(' ')}\n${said.slice(-20_000)}`);
      return said;
    },
    [Symbol.asyncDispose]: async () => {
      await simulation.stop();
      await rehearsal[Symbol.asyncDispose]();
    },
  };
};

/** What each unit of a `run --all plan` plans. */
export const readPlans = (said: string): Plans =>
  Object.fromEntries(
    [
      ...said.matchAll(
        /\[([\w./-]+)\] tofu: (?:Plan: (\d+ to add, \d+ to change, \d+ to destroy)|(No changes)\.)/g,
      ),
    ].map(([, unit = '', plan = 'none']) => [unit, plan]),
  );
