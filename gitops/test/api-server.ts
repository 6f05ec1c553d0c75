/** Stands in for the API server of a cluster, as far as kubectl reads, waits for, annotates and patches objects. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fields, KubernetesObject } from '../../tools/kubernetes/objects.ts';
import { schemaFaults } from '../../tools/kubernetes/schemas.ts';

/** The kinds that it serves, by the path of their group. */
const KINDS: Readonly<Record<string, readonly Fields[]>> = {
  '/api/v1': [{ name: 'pods', kind: 'Pod' }],
  '/apis/apps/v1': [
    { name: 'deployments', kind: 'Deployment' },
    { name: 'statefulsets', kind: 'StatefulSet' },
  ],
  '/apis/argoproj.io/v1alpha1': [{ name: 'applications', kind: 'Application' }],
};

export interface ApiServer extends Disposable {
  /** For `KUBECONFIG`. */
  readonly config: string;
  /** An object as it is now. */
  readonly object: (kind: string, name: string) => KubernetesObject;
}

/** A merge patch, as RFC 7386 says. */
const merged = (value: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Fields = typeof value === 'object' && !Array.isArray(value) ? { ...value } : {};
  for (const [key, part] of Object.entries(patch))
    if (part === null) delete result[key];
    else result[key] = merged(result[key], part);
  return result;
};

/** A JSON patch, as RFC 6902 says, of replacements alone. */
const replaced = (value: KubernetesObject, patch: readonly Fields[]): KubernetesObject => {
  const result = structuredClone(value);
  for (const { op, path, value } of patch) {
    const names: string[] = path.split('/').slice(1);
    const last = names.pop() ?? '';
    const parent = names.reduce<Fields | undefined>((part, name) => part?.[name], result);
    if (op !== 'replace' || parent?.[last] === undefined) throw new Error(`${op} ${path}`);
    parent[last] = value;
  }
  return result;
};

const status = (code: number, message: string): Response =>
  Response.json(
    { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, message },
    { status: code },
  );

/** A watch that tells what is there, that this was all, and of no change. */
const watch = (items: readonly KubernetesObject[], apiVersion: string, kind: string): Response => {
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  const end = { apiVersion, kind, metadata: { resourceVersion: '1', annotations } };
  const events = [
    ...items.map((object) => ({ type: 'ADDED', object })),
    { type: 'BOOKMARK', object: end },
  ];
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  return new Response(new ReadableStream({ start: (controller) => controller.enqueue(lines) }), {
    headers: { 'content-type': 'application/json' },
  });
};

const groups = (): Response =>
  Response.json({
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: Object.keys(KINDS)
      .filter((path) => path.startsWith('/apis/'))
      .map((path) => {
        const [, , name, version] = path.split('/');
        const preferredVersion = { groupVersion: `${name}/${version}`, version };
        return { name, versions: [preferredVersion], preferredVersion };
      }),
  });

const resources = (path: string): Response =>
  Response.json({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: path.replace(/^\/apis?\//, ''),
    resources: KINDS[path]?.map(({ name, kind }) => ({
      ...{ name, kind, namespaced: true, singularName: kind.toLowerCase() },
      verbs: ['get', 'list', 'patch', 'watch'],
    })),
  });

/**
 * Serves objects until it is disposed of. A patch that the kind's schema in a minor version refuses is refused.
 * @param folder gets the configuration for kubectl
 */
export const startApiServer = (
  folder: string,
  minor: string,
  given: readonly KubernetesObject[],
): ApiServer => {
  const objects = [...given];
  const indexOf = (kind: string, name: string): number =>
    objects.findIndex((object) => object.kind === kind && object.metadata.name === name);

  const patch = async (request: Request, at: number): Promise<Response> => {
    const change = await request.json();
    const apply = {
      'application/merge-patch+json': () => merged(objects[at], change) as KubernetesObject,
      'application/json-patch+json': () => replaced(objects[at] as KubernetesObject, change),
    }[request.headers.get('content-type') ?? ''];
    if (!apply) return status(415, 'only merge and JSON patches are known here');
    const next = apply();
    const faults = schemaFaults([next], minor);
    if (faults.length > 0) return status(422, faults.join('\n'));
    objects[at] = next;
    return Response.json(next);
  };

  const list = (
    group: string,
    kind: string,
    namespace: string,
    search: URLSearchParams,
  ): Response => {
    const [, wanted] = (search.get('fieldSelector') ?? '').split('metadata.name=');
    const items = objects
      .filter((object) => object.kind === kind && object.metadata.namespace === namespace)
      .filter(({ metadata }) => !wanted || metadata.name === wanted);
    const apiVersion = group.replace(/^\/apis?\//, '');
    if (search.get('watch')) return watch(items, apiVersion, kind);
    return Response.json({ kind: `${kind}List`, apiVersion, metadata: {}, items });
  };

  const answer = (request: Request): Response | Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    const [, group = '', namespace = '', plural, name] =
      /^(\/apis?\/.+)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
    const kind = KINDS[group]?.find((each) => each.name === plural)?.kind;
    if (!kind) return status(404, `${pathname} is not known here`);
    if (!name) return list(group, kind, namespace, searchParams);
    const at = indexOf(kind, name);
    if (objects[at]?.metadata.namespace !== namespace) return status(404, `no ${kind} ${name}`);
    return request.method === 'PATCH' ? patch(request, at) : Response.json(objects[at]);
  };

  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    routes: {
      '/api': () => Response.json({ kind: 'APIVersions', versions: ['v1'] }),
      '/apis': groups,
      ...Object.fromEntries(Object.keys(KINDS).map((path) => [path, () => resources(path)])),
    },
    fetch: answer,
  });

  const config = join(folder, 'kubeconfig.json');
  const name = 'stand-in';
  writeFileSync(
    config,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
      clusters: [{ name, cluster: { server: server.url.origin } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      users: [{ name, user: {} }],
    }),
  );
  return {
    config,
    object: (kind, name) => {
      const object = objects[indexOf(kind, name)];
      if (!object) throw new Error(`there is no ${kind} ${name}`);
      return object;
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
};
