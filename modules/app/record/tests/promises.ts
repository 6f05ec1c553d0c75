import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

/** What is wrong with the records and health checks of an account, a line each. */
export const faultsOf = (
  account: readonly Resource[],
  domain: string,
  distribution: string,
  regions: readonly string[],
) => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);

  for (const type of ['A', 'AAAA', 'HTTPS'])
    promise(
      all('aws_route53_record').some(
        (record) =>
          record.type === type &&
          record.name === domain &&
          record.alias[0]?.name === distribution &&
          !record.alias[0].evaluate_target_health,
      ),
      `no ${type} record leads to the distribution`,
    );
  for (const region of regions)
    promise(
      all('aws_route53_health_check').some(
        ({ type, fqdn, port, resource_path, disabled }) =>
          type === 'HTTPS' &&
          fqdn === domain &&
          port === 443 &&
          resource_path === `/.origins/${region}` &&
          !disabled,
      ),
      `nobody asks the origin of ${region}`,
    );
  promise(
    all('aws_route53_health_check').length === regions.length,
    'an origin is asked that serves nothing',
  );
  return faults;
};
