import { END_MILLISECONDS } from '../../../service/src/http/lifecycle.ts';
import {
  deploymentOf,
  type Fields,
  type KubernetesObject,
  nameOf,
  ofKind,
  serverOf,
  settingsOf,
} from '../objects.ts';
import { type Promised, unless } from './promise.ts';
import { unplaced } from './zones.ts';

const SECOND = 1000;

/** The pods that there are at least: the autoscaler's or the Deployment's. */
const leastPods = (objects: readonly KubernetesObject[]): number =>
  ofKind(objects, 'HorizontalPodAutoscaler')[0]?.spec.minReplicas ??
  deploymentOf(objects).spec.replicas ??
  1;

/** A number of pods, or a percentage of them, which Kubernetes rounds up in a budget. */
const share = (value: number | string, pods: number): number =>
  typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) * pods) / 100) : value;

const drainable: Promised = (objects) => {
  const pods = leastPods(objects);
  return ofKind(objects, 'PodDisruptionBudget').flatMap((budget) => {
    const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = budget.spec;
    const evictable =
      minAvailable === undefined
        ? share(maxUnavailable ?? 0, pods)
        : pods - share(minAvailable, pods);
    return [
      ...unless(pods === 0 || evictable >= 1, `${nameOf(budget)}: of ${pods} pods none may go`),
      ...unless(
        unhealthyPodEvictionPolicy === 'AlwaysAllow',
        `${nameOf(budget)}: pods that aren't ready block a drain`,
      ),
    ];
  });
};

const onlyOneRules: Promised = (objects) => {
  const { metadata, spec } = deploymentOf(objects);
  const scalers = ofKind(objects, 'HorizontalPodAutoscaler');
  return [
    ...unless(
      scalers.length > 0 || Number.isInteger(spec.replicas),
      'no number of pods is written, which means 1',
    ),
    ...scalers.flatMap((scaler) => [
      ...unless(spec.replicas === undefined, `replicas stand against ${nameOf(scaler)}`),
      ...unless(
        scaler.spec.scaleTargetRef.kind === 'Deployment' &&
          scaler.spec.scaleTargetRef.apiVersion === 'apps/v1' &&
          scaler.spec.scaleTargetRef.name === metadata.name,
        `${nameOf(scaler)} scales something else`,
      ),
      ...unless(
        scaler.spec.minReplicas >= 1 && scaler.spec.minReplicas <= scaler.spec.maxReplicas,
        `${nameOf(scaler)}: ${scaler.spec.minReplicas} to ${scaler.spec.maxReplicas} pods`,
      ),
      ...unless(scaler.spec.metrics?.length > 0, `${nameOf(scaler)} has no metric`),
      ...unless(
        scaler.spec.behavior?.scaleDown && scaler.spec.behavior.scaleUp,
        `${nameOf(scaler)} has no behaviour`,
      ),
    ]),
  ];
};

/** The pod is told to end; the kubelet's sleep, the service's delay, its shutdown and its end must fit into the grace. */
const drained: Promised = (objects) => {
  const { terminationGracePeriodSeconds: grace = 30 } = deploymentOf(objects).spec.template.spec;
  const { lifecycle, readinessProbe } = serverOf(objects);
  const settings = settingsOf(objects);
  const sleep = lifecycle?.preStop?.sleep?.seconds ?? 0;
  const [delay = Number.NaN, shutdown = Number.NaN] = [
    settings.DRAIN_DELAY,
    settings.SHUTDOWN_TIMEOUT,
  ].map((milliseconds) => Number(milliseconds) / SECOND);
  const end = END_MILLISECONDS / SECOND;
  const { periodSeconds = 10, failureThreshold = 3 } = readinessProbe ?? {};
  return [
    ...unless(
      sleep + delay + shutdown + end < grace,
      `${sleep} s of preStop + ${delay} s of delay + ${shutdown} s of shutdown + ${end} s of end, killed after ${grace} s`,
    ),
    ...unless(sleep > 0 || delay > 0, 'nothing waits until gateways have noticed'),
    ...unless(sleep === 0 || delay === 0, 'kubelet and service wait both'),
    ...unless(
      lifecycle?.preStop === undefined || lifecycle.preStop.sleep,
      'preStop is a command, and the image has no shell',
    ),
    ...unless(
      periodSeconds * failureThreshold <= sleep + delay,
      `readiness takes ${periodSeconds * failureThreshold} s to tell, ${sleep + delay} s are waited`,
    ),
  ];
};

const rollout: Promised = (objects) => {
  const { strategy, minReadySeconds, progressDeadlineSeconds = 600 } = deploymentOf(objects).spec;
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  const rolling = strategy?.type !== 'Recreate';
  return [
    ...unless(!rolling || share(maxSurge, 1) >= 1, 'an update starts no pod beyond the others'),
    ...unless(!rolling || maxUnavailable === 0, 'an update takes pods before others are ready'),
    ...unless(minReadySeconds >= 1, 'a pod counts as available at once'),
    ...unless(progressDeadlineSeconds > minReadySeconds, 'the deadline is before a pod counts'),
  ];
};

/** Above 100 % of the request, memory's target is never reached, as its limit is the same, and the CPU's maybe never. */
const targetReached: Promised = (objects) =>
  ofKind(objects, 'HorizontalPodAutoscaler').flatMap((scaler) =>
    scaler.spec.metrics.flatMap(({ resource }: Fields) =>
      unless(
        resource?.target.type === 'Utilization' &&
          resource.target.averageUtilization >= 1 &&
          resource.target.averageUtilization <= 100,
        `${nameOf(scaler)} waits for ${resource?.target.averageUtilization} % of ${resource?.name}`,
      ),
    ),
  );

const ZONE = 'topology.kubernetes.io/zone';
const NODE = 'kubernetes.io/hostname';

/** Even over zones and nodes, each version by itself. */
const spread: Promised = (objects) => {
  const constraints: Fields[] =
    deploymentOf(objects).spec.template.spec.topologySpreadConstraints ?? [];
  return [ZONE, NODE].flatMap((key) => {
    const constraint = constraints.find(({ topologyKey }) => topologyKey === key);
    if (!constraint) return `nothing spreads the pods over ${key}`;
    return [
      ...unless(constraint.maxSkew === 1, `${key}: a skew of ${constraint.maxSkew}`),
      ...unless(
        constraint.matchLabelKeys?.includes('pod-template-hash'),
        `${key}: pods of other versions count during an update`,
      ),
    ];
  });
};

/** Even numbers over three zones, what a zone's share is, and one pod. */
const PODS = [1, 2, 3, 4, 6, 9, 12];

const zoneLoss: Promised = (objects) => {
  const constraints: Fields[] =
    deploymentOf(objects).spec.template.spec.topologySpreadConstraints ?? [];
  return constraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
    .flatMap((constraint) =>
      PODS.flatMap((pods) =>
        unless(
          unplaced(constraint, pods) === 0,
          `${constraint.topologyKey}: of ${pods} pods ${unplaced(constraint, pods)} are left pending`,
        ),
      ),
    );
};

const nodes: Promised = (objects) => {
  const { affinity } = deploymentOf(objects).spec.template.spec;
  return unless(
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
      ?.length > 0,
    'no node affinity',
  );
};

export const availabilityPromises = {
  'a budget that lets nodes be drained': drainable,
  'only one rules the number of pods': onlyOneRules,
  'the autoscaler acts before requests are exceeded': targetReached,
  'a pod ends after its requests': drained,
  'an update takes no pod before others serve': rollout,
  'spread over zones and nodes': spread,
  'the loss of a zone leaves no pod pending': zoneLoss,
  'node affinity': nodes,
} satisfies Record<string, Promised>;
