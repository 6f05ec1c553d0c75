/** What drills of production share: a lost region, the commands of a page, and what the account then has. */
import { expect } from 'bun:test';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { openShell, readSteps, type Shell } from './runbook.ts';
import { ENVIRONMENTS, type Tree } from './tree.ts';

const ROOT = join(import.meta.dir, '../..');

export const readPage = (name: string): string =>
  readFileSync(join(ROOT, `docs/runbooks/${name}.md`), 'utf8');

/** What is true after each step, by its title. */
export type Expectations = Readonly<Record<string, (said: string) => void | Promise<void>>>;

/** A drill in production's account as a tree has it. */
export const openDrill = (tree: Tree) => {
  const { environment } = tree.simulation;
  const shell: Shell = openShell(join(tree.folder, 'live/prod'), {
    ...environment,
    AWS_SIMULATION_ACCOUNT_ID: ENVIRONMENTS.prod,
    PATH: [
      ...['terragrunt', 'opentofu'].map((tool) => join(ROOT, 'tools', tool)),
      environment.PATH,
    ].join(':'),
  });

  /** What the account has of a type, in a region. */
  const find = async (type: string, region = '*'): Promise<Resource[]> =>
    (await tree.simulation.resources()).filter(
      (resource) => resource.type === type && ['*', resource.region].includes(region),
    );

  /** The states of a region, there or away. */
  const moveStates = (region: string, lost: boolean) => {
    const places = [
      join(tree.folder, 'build/state/prod', region),
      join(tree.folder, `build/lost-${region}`),
    ] as const;
    const [from, to] = lost ? places : places.toReversed();
    renameSync(from as string, to as string);
  };

  return {
    shell,
    find,
    /** Takes a region away, with the states that lie in it. */
    lose: (region: string) => {
      tree.simulation.faults({ gone: [region] });
      moveStates(region, true);
    },
    /** Brings it back. */
    giveBack: (region: string) => {
      tree.simulation.faults({});
      moveStates(region, false);
    },
    /** All that a region has. */
    holdings: async (region: string) =>
      (await tree.simulation.resources()).filter((resource) => resource.region === region),
    /** The regions of a global database that take writes. */
    writers: async (): Promise<string[]> => {
      const [global] = await find('aws_rds_global_cluster');
      return global?.attributes.global_cluster_members
        .filter((member: { is_writer: boolean }) => member.is_writer)
        .map((member: { db_cluster_arn: string }) => member.db_cluster_arn.split(':')[3]);
    },
    /** Runs the steps of a page in their order, changed as a reader is told; each has something that it must bring about. */
    follow: async (
      name: string,
      expectations: Expectations,
      change = (block: string): string => block,
    ) => {
      const steps = readSteps(readPage(name));
      expect(steps.map(({ title }) => title)).toEqual(Object.keys(expectations));
      for (const { title, blocks } of steps) {
        let said = '';
        for (const block of blocks) said += await shell.run(change(block));
        await expectations[title]?.(said);
      }
    },
  };
};
