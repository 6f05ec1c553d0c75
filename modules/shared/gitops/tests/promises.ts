/** A resource as a plan has it. */
export interface Planned {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: as many shapes as types.
  readonly values: Record<string, any>;
}

/** What is wrong with how a cluster starts, a line each. */
export const faultsOf = (planned: readonly Planned[], facts: Readonly<Record<string, string>>) => {
  const faults: string[] = [];
  const promise = (holds: unknown, fault: string) => void (holds || faults.push(fault));
  const one = (type: string, name: string) =>
    planned.find((resource) => resource.type === type && resource.name === name)?.values ?? {};
  // biome-ignore lint/suspicious/noExplicitAny: values of a chart.
  const chart = (name: string): any =>
    Bun.YAML.parse(one('helm_release', name).values?.[0] ?? '{}');

  promise(
    one('kubernetes_config_map_v1', 'network_policy').data?.['enable-network-policy-controller'] ===
      'true',
    'NetworkPolicies are decoration',
  );
  promise(
    one('kubernetes_namespace_v1', 'argocd').metadata?.[0].labels?.[
      'pod-security.kubernetes.io/enforce'
    ] === 'restricted',
    'pods beside Argo CD may have privileges',
  );

  const secret = one('kubernetes_secret_v1', 'cluster');
  const { labels, annotations } = secret.metadata?.[0] ?? {};
  promise(
    labels?.['argocd.argoproj.io/secret-type'] === 'cluster' &&
      secret.data?.server === 'https://kubernetes.default.svc',
    'Argo CD does not know its own cluster',
  );
  promise(labels?.region && labels?.role, 'application sets cannot tell region or role');
  promise(
    Object.entries({
      ...facts,
      zones: 'eu-west-1a,eu-west-1b,eu-west-1c',
      repository_url: 'https://github.com/owner/repository.git',
      repository_revision: 'main',
    }).every(([name, value]) => annotations?.[name] === value),
    'a fact does not arrive',
  );
  promise(
    JSON.stringify(Object.keys(JSON.parse(secret.data?.config ?? '{}'))) === '["tlsClientConfig"]',
    'the cluster secret has credentials',
  );

  const { global = {}, configs, server, dex } = chart('argocd');
  promise(
    global.nodeSelector?.['karpenter.sh/nodepool'] === 'system' &&
      global.tolerations?.[0].key === 'CriticalAddonsOnly',
    'Argo CD waits for a node pool that it brings itself',
  );
  promise(
    configs?.cm['admin.enabled'] === false && server?.replicas === 0 && dex?.enabled === false,
    'somebody can log in',
  );
  const health = (kind: string) => configs?.cm[`resource.customizations.health.${kind}`];
  promise(
    health('argoproj.io_Application')?.includes('comparedTo'),
    'the next wave does not wait for Application',
  );
  promise(
    health('eks.amazonaws.com_NodeClass')?.includes('"Ready"'),
    'the next wave does not wait for NodeClass',
  );
  promise(global.networkPolicy?.defaultDenyIngress, 'everybody reaches Argo CD');

  const { applications, projects } = chart('start');
  const start = applications?.start;
  const project = projects?.[start?.project];
  promise(
    project?.finalizers?.includes('resources-finalizer.argocd.argoproj.io'),
    'the project of the first application is gone before it',
  );
  promise(
    project?.sourceRepos.join() === start?.source.repoURL &&
      project.destinations.map(({ namespace }: { namespace: string }) => namespace).join() ===
        'argocd' &&
      project.clusterResourceWhitelist === undefined,
    'the first application may bring anything from anywhere',
  );
  promise(
    start?.finalizers?.includes('resources-finalizer.argocd.argoproj.io'),
    'load balancers outlive a destroy',
  );
  promise(
    start?.syncPolicy.automated.selfHeal && start.syncPolicy.automated.prune,
    'the cluster drifts from Git',
  );
  return faults;
};
