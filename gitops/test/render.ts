/** Renders applications as Argo CD's repository server does: with Helm, or Kustomize and the options of the source. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KubernetesObject, ofKind, parseObjects } from '../../tools/kubernetes/objects.ts';
import { overlayText, runTool } from '../../tools/kubernetes/render.ts';
import { MINORS } from '../../tools/kubernetes/schemas.ts';
import { clusterOf, type Place, REPOSITORY } from './clusters.ts';
import { expand } from './expand.ts';

const ROOT = join(import.meta.dir, '../..');
const GITOPS = join(ROOT, 'gitops');

/** Charts of others that are to be had here. */
const CHARTS = (await Bun.$`${join(ROOT, 'tools/charts/unpacked')}`.text()).trim();

/** What the first application of modules/shared/gitops applies: the files of the folder, not those below. */
export const start: KubernetesObject[] = readdirSync(GITOPS)
  .filter((name) => /\.(ya?ml|json)$/.test(name))
  .flatMap((name) => parseObjects(readFileSync(join(GITOPS, name), 'utf8')));

export const setOf = (name: string): KubernetesObject => {
  const set = ofKind(start, 'ApplicationSet').find(({ metadata }) => metadata.name === name);
  if (!set) throw new Error(`there is no ApplicationSet ${name}`);
  return set;
};

/** The applications that the sets make for a cluster. */
export const rootsOf = (place: Place): KubernetesObject[] =>
  ofKind(start, 'ApplicationSet').flatMap((set) => expand(set, [clusterOf(place)]));

/** By the oldest version of Kubernetes that the chart of the service allows; Argo CD tells that of the cluster. */
const helm = async (
  { metadata, spec }: KubernetesObject,
  chart: string,
): Promise<KubernetesObject[]> =>
  parseObjects(
    await runTool(
      'helm/helm',
      [
        ...['template', metadata.name, chart, '--namespace', spec.destination.namespace],
        ...['--include-crds', '--kube-version', `${MINORS[0]}.0`, '--values', '-'],
      ],
      JSON.stringify(spec.source.helm?.valuesObject ?? {}),
    ),
  );

const kustomize = async ({ spec }: KubernetesObject): Promise<KubernetesObject[]> => {
  const copy = mkdtempSync(join(tmpdir(), 'hello-gitops-'));
  try {
    cpSync(join(ROOT, 'kustomize'), join(copy, 'kustomize'), { recursive: true });
    const folder = join(copy, spec.source.path);
    const { images = [], ...others } = spec.source.kustomize ?? {};
    if (Object.keys(others).length > 0) throw new Error(`unknown here: ${Object.keys(others)}`);
    const edit = Bun.spawnSync(
      [join(ROOT, 'tools/kustomize/kustomize'), 'edit', 'set', 'image', ...images],
      { cwd: folder },
    );
    if (!edit.success) throw new Error(edit.stderr.toString());
    return parseObjects(await overlayText(folder));
  } finally {
    rmSync(copy, { recursive: true });
  }
};

/** The objects of an application, or undefined for a source that can't be had here. */
export const render = async (
  application: KubernetesObject,
): Promise<KubernetesObject[] | undefined> => {
  const { repoURL, chart, path } = application.spec.source;
  if (chart) {
    const folder = join(CHARTS, chart);
    return existsSync(folder) ? helm(application, folder) : undefined;
  }
  if (repoURL !== REPOSITORY) return undefined;
  return existsSync(join(ROOT, path, 'Chart.yaml'))
    ? helm(application, join(ROOT, path))
    : kustomize(application);
};

/** The same, for a source that is to be had here. */
export const rendered = async (application: KubernetesObject): Promise<KubernetesObject[]> => {
  const objects = await render(application);
  if (!objects) throw new Error(`${application.metadata.name} can't be rendered here`);
  return objects;
};

/** Version of a chart that is to be had here, as it says itself; undefined for others. */
export const versionHere = (chart: string): string | undefined => {
  const file = join(CHARTS, chart, 'Chart.yaml');
  return existsSync(file) ? parseObjects(readFileSync(file, 'utf8'))[0]?.version : undefined;
};

const applicationOf = (place: Place, name: string): KubernetesObject => {
  const application = rootsOf(place).find(({ metadata }) => metadata.name === name);
  if (!application) throw new Error(`${place} has no application ${name}`);
  return application;
};

/** The objects of the greeting service in a cluster. */
export const serviceOf = (place: Place): Promise<KubernetesObject[]> =>
  rendered(applicationOf(place, 'hello'));

/** The applications of the platform's components in a cluster, in the order in which they come. */
export const componentsOf = async (place: Place): Promise<KubernetesObject[]> =>
  (await rendered(applicationOf(place, 'platform'))).toSorted((a, b) => waveOf(a) - waveOf(b));

export const waveOf = ({ metadata }: KubernetesObject): number =>
  Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
