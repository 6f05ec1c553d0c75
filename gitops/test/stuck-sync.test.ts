/** The commands of docs/runbooks/stuck-sync.md, as the page has them, by kubectl on what Argo CD would say in production. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openShell, readSteps } from '../../live/test/runbook.ts';
import type { Fields, KubernetesObject } from '../../tools/kubernetes/objects.ts';
import { hasKubectl, TIMEOUT_MILLISECONDS } from '../../tools/kubernetes/render.ts';
import { MINORS, schemaFaults } from '../../tools/kubernetes/schemas.ts';
import { startApiServer } from './api-server.ts';
import { componentsOf, rootsOf, serviceOf } from './render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const ROOT = join(import.meta.dir, '../..');
const MINOR = MINORS.at(-1) ?? '';

const applications = [...rootsOf('prod'), ...(await componentsOf('prod'))];

const JOB = 'hello-migration-2t7ckm5f4g';

/** What Argo CD tells of an application whose migration fails, by the fields of its definition. */
const FAILING: Fields = {
  sync: { status: 'OutOfSync', revision: 'abcdef0123', comparedTo: { source: undefined } },
  health: { status: 'Progressing' },
  conditions: [
    { type: 'SyncError', message: 'failed to sync', lastTransitionTime: '2026-11-23T10:00:00Z' },
  ],
  resources: [
    { group: 'batch', kind: 'Job', name: JOB, namespace: 'hello', status: 'OutOfSync' },
    { kind: 'Service', name: 'hello', namespace: 'hello', status: 'Synced' },
  ],
  operationState: {
    operation: { sync: { revision: 'abcdef0123' } },
    phase: 'Running',
    message: `waiting for healthy state of batch/Job/${JOB}`,
    startedAt: '2026-11-23T10:00:00Z',
    retryCount: 3,
    syncResult: {
      revision: 'abcdef0123',
      source: undefined,
      resources: [
        {
          ...{ group: 'batch', kind: 'Job', name: JOB, namespace: 'hello', version: 'v1' },
          ...{ status: 'Synced', hookPhase: 'Running', message: 'job.batch created' },
        },
      ],
    },
  },
};

const withStatus = (application: KubernetesObject): KubernetesObject => {
  const { name } = application.metadata;
  const { destination, source } = application.spec;
  const status = structuredClone(
    name === 'hello'
      ? FAILING
      : {
          sync: { status: 'Synced', revision: 'abcdef0123', comparedTo: {} },
          health: { status: 'Healthy' },
        },
  );
  status.sync.comparedTo = { destination, source };
  if (status.operationState) status.operationState.syncResult.source = source;
  return { ...application, status };
};

const [deployment] = (await serviceOf('prod')).filter(({ kind }) => kind === 'Deployment');
const steps = readSteps(await Bun.file(join(ROOT, 'docs/runbooks/stuck-sync.md')).text());
const blocksOf = (title: string): readonly string[] =>
  steps.find((step) => step.title === title)?.blocks ?? [];

test.skipIf(!hasKubectl)(
  'a stuck sync is found, ended, tried again and seen to be through (with kubectl)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hello-stuck-sync-'));
    try {
      const managed = {
        ...{ manager: 'kubectl-edit', operation: 'Update', time: '2026-11-23T09:00:00Z' },
        ...{ apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1: {} },
      };
      const objects = [
        ...applications.map(withStatus),
        {
          ...deployment,
          metadata: { ...deployment?.metadata, namespace: 'hello', managedFields: [managed] },
        },
      ] as KubernetesObject[];
      expect(schemaFaults(objects, MINOR)).toEqual([]);
      using server = startApiServer(folder, MINOR, objects);
      using shell = openShell(folder, {
        ...{ KUBECONFIG: server.config, KUBECACHEDIR: folder },
        PATH: `${join(ROOT, 'tools/kubectl')}:${process.env.PATH}`,
      });
      expect(steps.map(({ title, blocks }) => [title, blocks.length])).toEqual([
        ['1. Which application', 1],
        ['2. Why', 2],
        ['3. Mend', 4],
        ['4. Well again', 1],
      ]);

      const [which = ''] = blocksOf('1. Which application');
      const table = (await shell.run(which))
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/));
      expect(table[0]).toEqual(['NAME', 'SYNC', 'COMMIT', 'HEALTH', 'TRY', 'RETRIES', 'SAYS']);
      expect(table.find(([name]) => name === 'hello')).toEqual([
        ...['hello', 'OutOfSync', 'abcdef0123', 'Progressing', 'Running', '3'],
        FAILING.operationState.message,
      ]);
      expect(table.slice(1).map(([name]) => name)).toEqual(
        applications.map(({ metadata }) => metadata.name),
      );

      const [why = '', who = ''] = blocksOf('2. Why');
      expect((await shell.run(why)).split('\n')).toEqual([
        'SyncError: failed to sync',
        FAILING.operationState.message,
        `Job/${JOB} Synced Running: job.batch created`,
        `hello Job/${JOB} OutOfSync`,
        '',
      ]);
      expect(await shell.run(who)).toBe('2026-11-23T09:00:00Z kubectl-edit Update\n');

      const [end = '', compare = '', again = '', confirm = ''] = blocksOf('3. Mend');
      const hello = (): Fields => server.object('Application', 'hello');
      await shell.run(end);
      expect(hello().status.operationState).toEqual({
        ...withStatus(hello() as KubernetesObject).status.operationState,
        phase: 'Terminating',
      });
      await shell.run(compare);
      expect(hello().metadata.annotations['argocd.argoproj.io/refresh']).toBe('hard');
      await shell.run(again);
      expect(hello().operation.sync.prune).toBeUndefined();
      // Otherwise by another way than Argo CD's own syncs.
      for (const { spec } of applications)
        expect(hello().operation.sync.syncOptions).toEqual(
          expect.arrayContaining(spec.syncPolicy.syncOptions),
        );
      await shell.run(confirm);
      const { annotations } = server.object('Application', 'namespaces').metadata;
      expect(annotations?.['argocd.argoproj.io/deletion-approved']).toMatch(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      );

      const [well = ''] = blocksOf('4. Well again');
      hello().status.sync.status = 'Synced';
      hello().status.health.status = 'Healthy';
      expect(await shell.run(well)).toBe('application.argoproj.io/hello condition met\n'.repeat(2));
      // The stand-in refuses what the definition of applications does.
      const wrong = `kubectl -n argocd patch applications.argoproj.io hello --type merge --patch '{"status":{"operationState":{"fase":"Terminating"}}}'`;
      expect(shell.run(wrong)).rejects.toThrow('fase');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
