/**
 * What Argo CD's controller makes of an ApplicationSet, for the part of it that ours use: cluster generators with a
 * selector and values, and Go templates of nothing but a path, under `missingkey=error`. Anything else is refused.
 */
import type { Fields, KubernetesObject } from '../../tools/kubernetes/objects.ts';
import type { Cluster } from './clusters.ts';

const only = (what: string, object: object, ...known: string[]): void => {
  const unknown = Object.keys(object).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${what} has ${unknown}: this expansion knows ${known}`);
};

/** `{{ .a.b }}` by its value; an expression of any other form, and a key that isn't there, is an error. */
const filled = (text: string, parameters: Fields): string =>
  text.replace(/\{\{(.*?)\}\}/gs, (_all, inside: string) => {
    const path = /^-?\s*((?:\.\w+)+)\s*-?$/.exec(inside)?.[1];
    if (!path) throw new Error(`{{${inside}}} is more than a path: this expansion knows no other`);
    const value = path
      .slice(1)
      .split('.')
      .reduce((parent, key) => parent?.[key], parameters);
    if (typeof value !== 'string') throw new Error(`${path} has no entry`);
    return value;
  });

const filledAll = (value: Fields, parameters: Fields): Fields => {
  if (typeof value === 'string') return filled(value, parameters);
  if (Array.isArray(value)) return value.map((item) => filledAll(item, parameters));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, filledAll(item, parameters)]),
  );
};

const isSelected = ({ labels }: Cluster, selector: Fields): boolean => {
  only('a selector', selector, 'matchLabels', 'matchExpressions');
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator }: Fields) => {
      if (operator !== 'Exists') throw new Error(`operator ${operator} is not known here`);
      return key in labels;
    })
  );
};

/**
 * The applications of an ApplicationSet for the clusters that Argo CD knows.
 * @throws Error for what Argo CD would refuse, and for what this doesn't know
 */
export const expand = (set: KubernetesObject, clusters: readonly Cluster[]): KubernetesObject[] => {
  only('the set', set.spec, 'goTemplate', 'goTemplateOptions', 'generators', 'template');
  if (
    set.spec.goTemplate !== true ||
    !Bun.deepEquals(set.spec.goTemplateOptions, ['missingkey=error'])
  )
    throw new Error('only Go templates with missingkey=error are known here');
  return set.spec.generators.flatMap((generator: Fields) => {
    only('a generator', generator, 'clusters');
    const { selector = {}, values = {} } = generator.clusters;
    only('a cluster generator', generator.clusters, 'selector', 'values');
    return clusters
      .filter((cluster) => isSelected(cluster, selector))
      .map(({ name, server, labels, annotations }) => {
        const own = { name, server, metadata: { labels, annotations } };
        const parameters = { ...own, values: filledAll(values, own) };
        const { metadata, spec } = filledAll(set.spec.template, parameters);
        return {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          metadata: { ...metadata, namespace: set.metadata.namespace },
          spec,
        };
      });
  });
};
