import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import { emitterOf, metricsOfDashboard } from '../../../tests/metrics.ts';

interface Statement {
  readonly Condition?: { readonly StringEquals?: Readonly<Record<string, string>> };
}

/** What is wrong with the observability of a region's cluster in an account, a line each. */
export const faultsOf = (account: readonly Resource[], region: string): string[] => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);
  const ours = new Set(
    all('aws_kms_key')
      .filter(({ enable_key_rotation }) => enable_key_rotation)
      .map(({ arn }) => arn),
  );

  const groups = all('aws_cloudwatch_log_group');
  promise(
    ['application', 'dataplane', 'host', 'performance'].every((kind) =>
      groups.some(({ name }) => name.endsWith(`/${kind}`)),
    ),
    'an agent has no log group to write to',
  );
  for (const group of groups) {
    promise(ours.has(group.kms_key_id), 'a log has no key of ours');
    promise(group.retention_in_days > 0, 'a log is kept for ever');
  }

  const [addon] = all('aws_eks_addon');
  const [role] = all('aws_iam_role');
  const [association] = addon?.pod_identity_association ?? [];
  const trust: Statement[] = JSON.parse(role?.assume_role_policy ?? '{"Statement":[]}').Statement;
  const configuration = JSON.parse(addon?.configuration_values ?? '{}');
  promise(/^v\d/.test(addon?.addon_version ?? ''), 'the version of the agents is left to AWS');
  promise(
    association?.service_account === 'cloudwatch-agent' && association.role_arn === role?.arn,
    'the agents have no role',
  );
  promise(
    configuration.agent?.config.logs.metrics_collected.kubernetes.enhanced_container_insights,
    'deployments have no figures',
  );
  promise(configuration.containerLogs?.enabled, 'nobody ships the logs of containers');
  promise(
    configuration.manager?.tolerations?.some(
      ({ key, operator }: { key: string; operator: string }) =>
        key === 'CriticalAddonsOnly' && operator === 'Exists',
    ),
    'the operator runs on no node of the pool system',
  );
  promise(
    trust.every(
      ({ Condition }) =>
        Condition?.StringEquals?.['aws:SourceAccount'] &&
        Condition.StringEquals['aws:RequestTag/kubernetes-service-account'] === 'cloudwatch-agent',
    ) && role?.permissions_boundary,
    'others may take the role, or it is not bounded',
  );
  const statements = all('aws_iam_policy').flatMap(({ policy }) => JSON.parse(policy).Statement);
  promise(
    statements.every(({ Resource: on, Condition }) => ![on].flat().includes('*') || Condition),
    'the agents may do something everywhere',
  );
  promise(
    !statements.some(({ Action }) => [Action].flat().includes('logs:CreateLogGroup')),
    'the agents may make a log group without key',
  );

  const [dashboard] = all('aws_cloudwatch_dashboard');
  const metrics = metricsOfDashboard(dashboard?.dashboard_body ?? '{"widgets":[]}');
  promise(metrics.length > 0, 'there is no dashboard');
  for (const metric of metrics)
    promise(
      emitterOf({ ...metric, region }) !== undefined,
      `the dashboard shows ${metric.name}, which nobody emits`,
    );
  return [...new Set(faults)];
};
