import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import { leftOf, type Manifest } from './lifecycle.ts';
import { pushedOften, pushOf } from './push.ts';

/** How many builds are kept by default. */
const KEPT = 100;
const VERSIONS = [0, 7, 140];
/** A build that an environment runs, as tools/promote/keep.ts marks it. */
const DEPLOYED = 12;
const STAYING = [...VERSIONS, DEPLOYED];
const BUILDS = pushedOften(await pushOf(), 150, {
  ...Object.fromEntries(VERSIONS.map((build) => [build, `1.0.${build}`])),
  [DEPLOYED]: 'deployed-0123456789ab',
});

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

      const left = new Set(
        leftOf(
          { rules: [], ...ofRepository('aws_ecr_lifecycle_policy', repository) },
          BUILDS.flat(),
        ).map(({ digest }) => digest),
      );
      const whole = (builds: readonly Manifest[][]) =>
        builds.flat().every(({ digest }) => left.has(digest));
      promise(
        whole(VERSIONS.map((build) => BUILDS[build] ?? [])),
        `a version in ${region} can expire, or a part or signature of it`,
      );
      promise(whole([BUILDS[DEPLOYED] ?? []]), `what runs can expire in ${region}`);
      promise(whole(BUILDS.slice(-KEPT)), `one of the newest builds in ${region} can expire`);
      promise(
        BUILDS.slice(0, -KEPT)
          .filter((_, build) => !STAYING.includes(build))
          .flat()
          .every(({ digest }) => !left.has(digest)),
        `something of old builds in ${region} never expires`,
      );
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
