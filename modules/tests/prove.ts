import { expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Resource,
  SIMULATED,
  type Simulation,
  startSimulation,
} from '../../tools/aws-simulation/simulation.ts';
import { actionsOf } from './actions.ts';
import { callModule, type Inputs, type Surroundings } from './root.ts';
import { testWithSources } from './sources.ts';
import { type Refusal, tryValidations } from './validations.ts';

/** A module as its tests call it. */
export interface Call {
  /** Its folder in `modules/`, such as `shared/network`. */
  readonly module: string;
  readonly inputs: Inputs;
  /** Region of the provider; `eu-west-1` unless told. */
  readonly region?: string;
  /** What stands around it; inputs may refer to it, such as `${aws_vpc.this.id}`. */
  readonly surroundings?: Surroundings;
}

/** Takes one promise away from an account. */
export type Weakening = readonly [fault: string, weaken: (account: Resource[]) => Resource[]];

export interface Lifecycle {
  /** What is wrong with the account, a line each. */
  readonly faultsOf: (
    account: readonly Resource[],
  ) => readonly string[] | Promise<readonly string[]>;
  /** Each must bring its fault. */
  readonly weakenings: readonly Weakening[];
  /** Inputs that change, and what the plan then does, by address. */
  readonly change: readonly [inputs: Inputs, actions: Readonly<Record<string, string>>];
  /** What is wrong with the account after the change, a line each. */
  readonly faultsAfter?: (
    account: readonly Resource[],
  ) => readonly string[] | Promise<readonly string[]>;
  /** Inputs before the destroy, where something is protected. */
  readonly unprotect?: Inputs;
  /** What AWS keeps after a destroy. */
  readonly keeps?: (resource: Resource) => boolean;
}

/** The longest a test waits on a busy machine, in milliseconds; the first one builds the simulation. */
export const LIMIT = 600_000;

/** Runs with a simulation of its own; with the recorded interfaces only, where the modules' code doesn't matter. */
const simulated = async (
  run: (simulation: Simulation) => Promise<void>,
  ...options: Parameters<typeof startSimulation>
): Promise<void> => {
  const simulation = await startSimulation(...options);
  try {
    await run(simulation);
  } finally {
    await simulation.stop();
  }
};

const filesOf = ({ module, inputs, region, surroundings }: Call, changes: Inputs = {}) =>
  callModule(module, { ...inputs, ...changes }, region, surroundings);

/** Makes a test that the call is valid against the interfaces of the modules that it calls. */
export const testInterfaces = (call: Call): void =>
  test(
    'against the interfaces of the modules it calls, it is valid',
    () =>
      simulated(
        async (wiring) => {
          const root = wiring.root(filesOf(call));
          await wiring.run(root, 'init');
          await wiring.run(root, 'validate');
          // With the real provider, which checks more, and the real modules.
          if (!SIMULATED) await wiring.run(root, 'plan');
        },
        { sources: [] },
      ),
    LIMIT,
  );

/** Makes a test that each validation refuses what it should, in words. */
export const testRefusals = (call: Call, refusals: readonly Refusal[]): void =>
  test(
    'each wrong input is refused in words',
    () =>
      simulated(async (simulation) => {
        expect(await tryValidations(simulation, call, refusals)).toEqual([]);
      }),
    LIMIT,
  );

/** Makes a test of a module's life: applied, it holds its promises, plans nothing more, changes in place, leaves nothing. */
export const testLifecycle = (call: Call, life: Lifecycle): void =>
  testWithSources(
    'it holds what it promises, changes in place and leaves nothing',
    () =>
      simulated(async (simulation) => {
        const root = simulation.root(filesOf(call));
        const change = (inputs: Inputs) =>
          writeFileSync(join(root, 'main.tf.json'), String(filesOf(call, inputs)['main.tf.json']));
        await simulation.run(root, 'init');
        await simulation.run(root, 'apply');
        expect(actionsOf(await simulation.plan(root))).toEqual({});
        const account = await simulation.resources();
        expect(await life.faultsOf(account)).toEqual([]);
        for (const [fault, weaken] of life.weakenings)
          expect(await life.faultsOf(weaken(structuredClone(account)))).toContain(fault);

        const [inputs, actions] = life.change;
        change(inputs);
        expect(actionsOf(await simulation.plan(root))).toEqual(actions);
        await simulation.run(root, 'apply', 'plan');
        expect((await life.faultsAfter?.(await simulation.resources())) ?? []).toEqual([]);

        if (life.unprotect) {
          change({ ...inputs, ...life.unprotect });
          await simulation.run(root, 'apply');
        }
        await simulation.run(root, 'destroy');
        const left = (await simulation.resources()).filter((each) => !life.keeps?.(each));
        expect(left).toEqual([]);
      }),
    LIMIT,
  );

/** A weakening: without these resources. */
export const without =
  (matches: (resource: Resource) => boolean) =>
  (account: Resource[]): Resource[] =>
    account.filter((resource) => !matches(resource));

/** A weakening: with these attributes in all resources of a type. */
export const set =
  (type: string, attributes: object) =>
  (account: Resource[]): Resource[] =>
    account.map((resource) =>
      resource.type === type
        ? { ...resource, attributes: { ...resource.attributes, ...attributes } }
        : resource,
    );
