import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

/** What is wrong with the certificate of an account, a line each. */
export const faultsOf = (account: readonly Resource[], names: readonly string[]) => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);

  const [certificate] = all('aws_acm_certificate');
  const covered = [certificate?.domain_name, ...(certificate?.subject_alternative_names ?? [])];
  promise(
    names.every((name) => covered.includes(name)),
    'a name is not covered',
  );
  promise(certificate?.validation_method === 'DNS', 'it is not renewed by DNS');
  promise(
    certificate?.options?.[0]?.certificate_transparency_logging_preference === 'ENABLED',
    'it is in no transparency log',
  );
  const options: { resource_record_name: string }[] = certificate?.domain_validation_options ?? [];
  promise(
    options.length === names.length &&
      options.every(({ resource_record_name }) =>
        all('aws_route53_record').some(({ name }) => name === resource_record_name),
      ),
    'a name has no record for its validation',
  );
  promise(
    all('aws_route53_record').every(({ allow_overwrite }) => !allow_overwrite),
    "a record may be another certificate's, and go with either",
  );
  promise(
    all('aws_acm_certificate_validation').some(
      ({ certificate_arn }) => certificate_arn === certificate?.arn,
    ),
    'nobody waits until it is issued',
  );
  return faults;
};
