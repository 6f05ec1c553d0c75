import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type KubernetesObject, parseObjects } from './objects.ts';

const ROOT = join(import.meta.dir, '../..');

export const CHART = join(ROOT, 'helm/hello');

const { hostnames }: { hostnames: Readonly<Record<'dev' | 'prod', string>> } = parse(
  readFileSync(join(ROOT, 'gitops/platform/gateway/values.yaml'), 'utf8'),
);

/** The environments, each with its values files and the host names that its Gateway's listener admits. */
export const ENVIRONMENTS = {
  local: { files: ['local'], listener: '*.local' },
  dev: { files: ['dev'], listener: hostnames.dev },
  prod: { files: ['prod'], listener: hostnames.prod },
  'prod-standby': { files: ['prod', 'prod-standby'], listener: hostnames.prod },
} as const;

export type Environment = keyof typeof ENVIRONMENTS;

export const environments = Object.keys(ENVIRONMENTS) as Environment[];

/** The values files of an environment, those that differ from another's after it. */
export const valuesFiles = (environment: Environment): string[] =>
  ENVIRONMENTS[environment].files.map((name) => join(CHART, `values/${name}.yaml`));

/** What a tool, and a test that runs some, may take on a machine that others load. */
export const TIMEOUT_MILLISECONDS = 60_000;

/** Installs a tool, which its first call does and which can take minutes; whether it can be run. */
const isInstalled = (tool: string, ...version: string[]): boolean =>
  Bun.spawnSync([join(ROOT, 'tools', tool), ...version], { stdio: ['ignore', 'ignore', 'inherit'] })
    .success;

// Before any test, whose time is limited.
for (const tool of ['helm/helm', 'kustomize/kustomize'])
  if (!isInstalled(tool, 'version')) throw new Error(`tools/${tool} can't be run`);

/** Packages have kubectl for Linux on x86-64 alone. */
export const hasKubectl = isInstalled('kubectl/kubectl', 'version', '--client');

/** Runs a tool of `tools/`, from its root, and returns what it printed; throws what it said if it failed. */
export const runTool = async (
  tool: string,
  toolArguments: readonly string[],
  input = '',
): Promise<string> => {
  const child = Bun.spawn([join(ROOT, 'tools', tool), ...toolArguments], {
    cwd: ROOT,
    stdio: [new Blob([input]), 'pipe', 'pipe'],
    timeout: TIMEOUT_MILLISECONDS,
    killSignal: 'SIGKILL',
  });
  const [status, output, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (status !== 0) throw new Error(errors.trim() || `${tool} ended with status ${status}`);
  return output;
};

export interface Release {
  readonly name?: string;
  /** Values files, later ones over earlier ones. */
  readonly files?: readonly string[];
  /** Values over those of the files. */
  readonly values?: unknown;
  readonly chart?: string;
}

/** What `helm install` would apply, as Helm prints it; throws what it refuses with. */
export const chartText = ({
  name = 'hello',
  files = [],
  values = {},
  chart = CHART,
}: Release): Promise<string> =>
  runTool(
    'helm/helm',
    [
      ...['template', name, chart, '--namespace', 'hello'],
      ...[...files, '-'].flatMap((file) => ['--values', file]),
    ],
    JSON.stringify(values),
  );

export const renderChart = async (release: Release): Promise<KubernetesObject[]> =>
  parseObjects(await chartText(release));

export type Builder = 'kustomize' | 'kubectl';

/** The command of each program that builds a folder of `kustomize/`. */
const BUILD: Record<Builder, readonly [string, string]> = {
  kustomize: ['kustomize/kustomize', 'build'],
  kubectl: ['kubectl/kubectl', 'kustomize'],
};

export const overlayText = (folder: string, builder: Builder = 'kustomize'): Promise<string> => {
  const [tool, verb] = BUILD[builder];
  return runTool(tool, [verb, folder]);
};

export const overlayOf = (environment: Environment): string =>
  join(ROOT, 'kustomize/overlays', environment);

export const buildOverlay = async (environment: Environment): Promise<KubernetesObject[]> =>
  parseObjects(await overlayText(overlayOf(environment)));
