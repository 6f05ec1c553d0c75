/** Where a simulated environment is: its account, its states and the log of the last run, in build/simulation. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';
import { type Resource, type Simulation, startSimulation } from '../aws-simulation/simulation.ts';
import { settingOf } from '../environments.ts';
import { packFunctions } from '../lambda.ts';

const ROOT = join(import.meta.dir, '../..');

/** An output of a unit, as its state has it. */
export type Outputs = Readonly<Record<string, { readonly value: unknown }>>;

export interface Place {
  readonly environment: string;
  /** What stays between calls. */
  readonly folder: string;
  /** What Terragrunt said at the last run. */
  readonly log: string;
  readonly simulation: Simulation;
  /** The units whose states have resources, by their paths in the environment; but `state`, which is never destroyed. */
  readonly appliedUnits: () => string[];
  /** The units with resources that AWS wouldn't delete. */
  readonly protectedUnits: () => Promise<string[]>;
  /** The outputs of the units whose paths match, by path. */
  readonly outputs: (pattern: string) => ReadonlyMap<string, Outputs>;
  /** Stops what serves modules; the account stays. */
  readonly close: () => Promise<void>;
}

/** Starts the simulation on the account of an environment, with its Lambda functions packed. */
export const openPlace = async (environment: string): Promise<Place> => {
  const folder = join(ROOT, 'build/simulation', environment);
  const states = join(folder, 'states');
  mkdirSync(folder, { recursive: true });
  await packFunctions(ROOT);
  const simulation = await startSimulation({ accounts: join(folder, 'accounts') });
  Object.assign(simulation.environment, {
    STATE_BACKEND: 'local',
    STATE_FOLDER: states,
    AWS_SIMULATION_ACCOUNT_ID: settingOf(environment, 'account_id'),
  });

  const statesOf = (pattern: string) =>
    existsSync(states)
      ? [...new Glob(`${environment}/${pattern}.tfstate`).scanSync(states)].sort().map((file) => ({
          unit: file.slice(environment.length + 1, -'.tfstate'.length),
          state: JSON.parse(readFileSync(join(states, file), 'utf8')),
        }))
      : [];

  return {
    environment,
    folder,
    log: join(folder, 'run.log'),
    simulation,
    appliedUnits: () =>
      statesOf('*/*/*')
        .filter(({ unit, state }) => state.resources.length > 0 && !unit.endsWith('/state'))
        .map(({ unit }) => unit),
    protectedUnits: async () => [
      ...new Set((await simulation.resources()).filter(isProtected).map(unitOf)),
    ],
    outputs: (pattern) =>
      new Map(statesOf(pattern).map(({ unit, state }) => [unit, state.outputs])),
    close: simulation.stop,
  };
};

const isProtected = ({ attributes }: Resource): boolean =>
  attributes.deletion_protection === true && attributes.tags_all;

const unitOf = ({ attributes: { tags_all: tags } }: Resource): string =>
  `${tags.region}/${tags.layer}/${tags.unit}`;
