import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

/** What is wrong with a signed zone in an account, a line each. */
export const faultsOf = (account: readonly Resource[]) => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);

  const [zone] = all('aws_route53_zone');
  promise(zone !== undefined && !zone.force_destroy, 'records of others go with the zone');
  const authorities = all('aws_route53_record').find(
    ({ type, zone_id, name }) => type === 'CAA' && zone_id === zone?.id && name === zone?.name,
  );
  promise(
    Boolean(authorities?.records.includes('0 issue "amazon.com"')),
    'CAA does not name Amazon, or is not there',
  );
  promise(
    Boolean(
      authorities?.records.every((record: string) => /^0 (issue|iodef) "[^;"]+"$/.test(record)),
    ),
    'a CAA record is not one of issue or iodef',
  );
  const authority = all('aws_route53_record').find(
    ({ type, zone_id, name }) => type === 'SOA' && zone_id === zone?.id && name === zone?.name,
  );
  const [server, , serial, , , , negative] = String(authority?.records).split(' ');
  promise(
    server === `${zone?.primary_name_server}.` &&
      serial === '1' &&
      Math.min(authority?.ttl, Number(negative)) <= 60,
    'a name that is new is not found for more than a minute',
  );
  const [signing] = all('aws_route53_key_signing_key');
  const key = all('aws_kms_key').find(({ arn }) => arn === signing?.key_management_service_arn);
  promise(
    signing?.status === 'ACTIVE' &&
      all('aws_route53_hosted_zone_dnssec')[0]?.signing_status === 'SIGNING',
    'the zone is not signed',
  );
  const services = JSON.parse(key?.policy ?? '{"Statement":[]}').Statement.filter(
    ({ Principal }: { Principal: { Service?: string } }) => Principal?.Service,
  );
  promise(
    services.length > 0 &&
      services.every(
        ({ Principal, Condition }: { Principal: { Service: string }; Condition?: object }) =>
          Principal.Service === 'dnssec-route53.amazonaws.com' &&
          JSON.stringify(Condition ?? {}).includes('aws:SourceAccount'),
      ),
    'the key may be used by others than Route 53 for this account',
  );
  return faults;
};
