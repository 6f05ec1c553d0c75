/** The clusters of a company, as modules/shared/gitops tells Argo CD of each; its tests plan that it does. */

import packageJson from '../../package.json' with { type: 'json' };
import { imageOf, type Promoted } from '../../tools/promote/environment.ts';

/** What a cluster generator knows of a cluster: its secret. */
export interface Cluster {
  readonly name: string;
  readonly server: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const REPOSITORY = `${packageJson.repository}.git`;

/** Repositories of images, as the overlays name them. */
const PUSHED = {
  dev: (await imageOf('dev')).repository,
  prod: (await imageOf('prod')).repository,
};

/** Inputs of the module for a cluster, versions left out. */
const inputsOf = (environment: Promoted, region: string, role: 'primary' | 'standby') => ({
  cluster_name: `hello-${environment}`,
  region,
  role,
  zones: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
  labels: { environment },
  repository_url: REPOSITORY,
  facts: {
    application_subnet_ids: 'subnet-1,subnet-2,subnet-3',
    cluster_security_group_id: 'sg-1',
    load_balancer_security_group_id: 'sg-2',
    pods_security_group_id: 'sg-3',
    node_role_name: `hello-${environment}-${region}-node`,
    storage_key_arn: `arn:aws:kms:${region}:123456789012:key/1`,
    certificate_arn: `arn:aws:acm:${region}:123456789012:certificate/1`,
    web_acl_arn: `arn:aws:wafv2:${region}:123456789012:regional/webacl/hello/1`,
    origin_hostname: `${region}.origin.hello.example.com`,
    pushed_image_repository: PUSHED[environment],
    image_repository: `123456789012.dkr.ecr.${region}.amazonaws.com/hello/service`,
  },
});

export const INPUTS = {
  dev: inputsOf('dev', 'eu-west-1', 'primary'),
  prod: inputsOf('prod', 'eu-west-1', 'primary'),
  'prod-standby': inputsOf('prod', 'eu-central-1', 'standby'),
} as const;

export type Place = keyof typeof INPUTS;

export const places = Object.keys(INPUTS) as Place[];

export const clusterOf = (place: Place): Cluster => {
  const { cluster_name, region, role, zones, labels, repository_url, facts } = INPUTS[place];
  return {
    name: cluster_name,
    server: 'https://kubernetes.default.svc',
    labels: { 'argocd.argoproj.io/secret-type': 'cluster', ...labels, region, role },
    annotations: {
      ...facts,
      zones: zones.join(),
      repository_url,
      repository_revision: 'main',
    },
  };
};
