import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

/** Who may do what in a registry. */
export interface Roles {
  readonly pull: readonly string[];
  readonly push: readonly string[];
}

const sorted = (values: Iterable<unknown>) => [...values].map(String).sort();

/** What is wrong with the registry in an account, a line each. */
export const faultsOf = (
  account: readonly Resource[],
  repositories: readonly string[],
  regions: readonly string[],
  { pull, push }: Roles,
): string[] => {
  const faults: string[] = [];
  const promise = (holds: unknown, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);
  const ofRepository = (type: string, { name, region }: Resource['attributes']) =>
    JSON.parse(
      all(type).find((each) => each.repository === name && each.region === region)?.policy ?? '{}',
    );
  const roles = (values: readonly string[] = []) =>
    sorted(values.filter((arn) => !arn.includes(':role/aws-service-role/')));

  for (const region of regions) {
    const here = all('aws_ecr_repository').filter((repository) => repository.region === region);
    promise(
      Bun.deepEquals(sorted(here.map(({ name }) => name)), sorted(repositories)),
      `not every repository is in ${region}`,
    );
    promise(
      all('aws_ecr_registry_scanning_configuration').some(
        (scanning) =>
          scanning.region === region && scanning.rule[0]?.scan_frequency === 'SCAN_ON_PUSH',
      ),
      `nothing is scanned in ${region}`,
    );
    for (const repository of here) {
      const [encryption] = repository.encryption_configuration;
      promise(
        all('aws_kms_key').some(
          ({ arn, region: place, enable_key_rotation }) =>
            arn === encryption?.kms_key && place === region && enable_key_rotation,
        ),
        `a repository in ${region} has no key of its own that is rotated`,
      );
      promise(repository.image_tag_mutability === 'IMMUTABLE', `a tag in ${region} can be moved`);

      const statements = ofRepository('aws_ecr_repository_policy', repository).Statement ?? [];
      const allowed = (action: string): string[] =>
        statements.find(
          ({
            Effect,
            Principal,
            Action,
          }: {
            Effect: string;
            Principal: string;
            Action: string[];
          }) => Effect === 'Deny' && Principal === '*' && Action.includes(action),
        )?.Condition.ArnNotLike['aws:PrincipalArn'] ?? ['everybody'];
      promise(
        Bun.deepEquals(roles(allowed('ecr:BatchGetImage')), sorted([...pull, ...push])),
        `others may pull in ${region}`,
      );
      promise(
        Bun.deepEquals(roles(allowed('ecr:PutImage')), sorted(push)),
        `others may push in ${region}`,
      );

      const { rules: [first, ...later] = [] } = ofRepository(
        'aws_ecr_lifecycle_policy',
        repository,
      );
      promise(
        first?.selection.tagPatternList?.includes('*.*.*') &&
          first.selection.countNumber >= 1_000_000 &&
          later.every((rule: { rulePriority: number }) => rule.rulePriority > first.rulePriority),
        `a version in ${region} can expire`,
      );
      promise(later.length > 0, `builds in ${region} never expire`);
    }
  }
  const [replication] = all('aws_ecr_replication_configuration');
  promise(
    Bun.deepEquals(
      sorted(
        replication?.replication_configuration[0].rule.flatMap(
          ({ destination }: { destination: { region: string }[] }) =>
            destination.map(({ region }) => region),
        ) ?? [],
      ),
      sorted(regions.filter((region) => region !== replication?.region)),
    ),
    'not every region gets copies',
  );
  return faults;
};
