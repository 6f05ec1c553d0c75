/** What drills of production share: a lost region, the commands of a page, and what the account then has. */
import { expect } from 'bun:test';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { prepareFunction } from '../../modules/shared/edge/tests/viewer-request.ts';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { openShell, readSteps, type Shell } from './runbook.ts';
import { ENVIRONMENTS, type Tree } from './tree.ts';

const ROOT = join(import.meta.dir, '../..');

export const readPage = (name: string): string =>
  readFileSync(join(ROOT, `docs/runbooks/${name}.md`), 'utf8');

/** What is served where one region serves alone. */
export const alone = (region: string) => ({ serving: region, get: [region], put: [region] });

/** What an account has of each type in each region, whatever it is called. */
export const kindsOf = (account: readonly Resource[]): string[] =>
  account.map(({ region, type }) => `${region} ${type}`).sort();

/** What is true after each step, by its title. */
export type Expectations = Readonly<Record<string, (said: string) => void | Promise<void>>>;

const NEW_YORK = {
  'cloudfront-viewer-latitude': { value: '40.71' },
  'cloudfront-viewer-longitude': { value: '-74.01' },
};

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
    /** Instances of the database, in a region. */
    countInstances: async (region: string) =>
      (await find('aws_rds_cluster_instance', region)).length,
    /** All that a region has. */
    holdings: async (region: string) =>
      (await tree.simulation.resources()).filter((resource) => resource.region === region),
    /** Origin of the distribution, and those that its function leads a viewer in New York to, for a read and a write. */
    served: async () => {
      const [distribution] = await find('aws_cloudfront_distribution');
      const serving = distribution?.attributes.default_cache_behavior[0].target_origin_id;
      const [viewerRequest] = await find('aws_cloudfront_function');
      const run = prepareFunction(viewerRequest?.attributes.code);
      const [get, put] = await Promise.all(
        ['GET', 'PUT'].map(async (method) => (await run('/hello/Casey', NEW_YORK, method)).origins),
      );
      return { serving, get, put };
    },
    /** Regions whose origins health checks ask. */
    checked: async () =>
      (await find('aws_route53_health_check'))
        .map(({ attributes }) => attributes.resource_path.replace('/.origins/', ''))
        .sort(),
    /** The cluster secret of a region, as `gitops` made it. */
    clusterOf: (region: string) => {
      const state = join(tree.folder, `build/state/prod/${region}/shared/gitops.tfstate`);
      const { resources } = JSON.parse(readFileSync(state, 'utf8'));
      const { attributes } = resources.find(
        ({ type }: { type: string }) => type === 'kubernetes_secret_v1',
      ).instances[0];
      const { name, server } = attributes.data;
      const [{ labels, annotations }] = attributes.metadata;
      return { name, server, labels, annotations };
    },
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
