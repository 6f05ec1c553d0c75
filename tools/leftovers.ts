/**
 * What clusters made in AWS that no state has and a destroy would stumble over or leave behind, by region.
 * `bun tools/leftovers.ts <environment> [region...]`, without regions all of the environment. Status: 0 nothing is left, 1
 * something is, or AWS can't be asked, 2 wrong usage.
 */
import { join } from 'node:path';
import { Glob } from 'bun';
import { collect } from './collect.ts';
import { environments, settingOf } from './environments.ts';

const LIVE = join(import.meta.dir, '../live');

// biome-ignore lint/suspicious/noExplicitAny: as many shapes as calls.
const ask = async (region: string, ...words: string[]): Promise<any> => {
  const command = ['aws', ...words, '--region', region, '--output', 'json'];
  const { status, output, errors } = await collect(command);
  if (status !== 0) throw new Error(`aws ${words.slice(0, 2).join(' ')}: ${errors.trim()}`);
  return JSON.parse(output);
};

/** Load balancers in a network, whoever made them: no module does. */
const balancers = async (cluster: string, region: string): Promise<string[]> => {
  const filter = `Name=tag:Name,Values=${cluster}`;
  const { Vpcs } = await ask(region, 'ec2', 'describe-vpcs', '--filters', filter);
  const networks: string[] = Vpcs.map(({ VpcId }: { VpcId: string }) => VpcId);
  if (networks.length === 0) return [];
  const { LoadBalancers } = await ask(region, 'elbv2', 'describe-load-balancers');
  return LoadBalancers.filter(({ VpcId }: { VpcId: string }) => networks.includes(VpcId)).map(
    ({ LoadBalancerArn }: { LoadBalancerArn: string }) => `load balancer ${LoadBalancerArn}`,
  );
};

/** Volumes of claims; those of nodes go with the nodes. */
const volumes = async (cluster: string, region: string): Promise<string[]> => {
  const filter = `Name=tag:eks:eks-cluster-name,Values=${cluster}`;
  const { Volumes } = await ask(region, 'ec2', 'describe-volumes', '--filters', filter);
  return Volumes.filter(({ Tags }: { Tags: { Key: string }[] }) =>
    Tags.some(({ Key }) => Key === 'CSIVolumeName'),
  ).map(({ VolumeId }: { VolumeId: string }) => `volume ${VolumeId}`);
};

/** Records of External DNS: a region's origin, and the texts by which it knows its own (modules/app/identity). */
const records = async (domain: string, region: string): Promise<string[]> => {
  const { HostedZones } = await ask(
    region,
    ...['route53', 'list-hosted-zones-by-name', '--dns-name', domain, '--max-items', '1'],
  );
  const [zone] = HostedZones;
  if (zone?.Name !== `${domain}.`) return [];
  const { ResourceRecordSets } = await ask(
    region,
    ...['route53', 'list-resource-record-sets', '--hosted-zone-id', zone.Id.split('/').pop()],
  );
  const origin = `${region}.origin.hello.${domain}.`;
  return ResourceRecordSets.filter(
    ({ Name, Type }: { Name: string; Type: string }) =>
      ['', 'a-', 'aaaa-', 'cname-'].some((prefix) => Name === prefix + origin) &&
      ['A', 'AAAA', 'TXT'].includes(Type),
  ).map(({ Name, Type }: { Name: string; Type: string }) => `record ${Name} ${Type}`);
};

const [environment = '', ...wanted] = process.argv.slice(2);
if (!environments().includes(environment)) {
  console.error(
    `there is no environment "${environment}": bun tools/leftovers.ts <environment> [region...]`,
  );
  process.exit(2);
}
const regions = [...new Glob('*/terragrunt.stack.hcl').scanSync(join(LIVE, environment))]
  .map((file) => file.split('/')[0] as string)
  .filter((region) => region !== 'global')
  .sort();
const unknown = wanted.find((region) => !regions.includes(region));
if (unknown) {
  console.error(`${environment} has no region "${unknown}": use ${regions.join(', ')}`);
  process.exit(2);
}
const domain = settingOf(environment, 'domain');

try {
  const left = await Promise.all(
    (wanted.length > 0 ? wanted : regions).map(async (region) =>
      (
        await Promise.all([
          balancers(`hello-${environment}`, region),
          volumes(`hello-${environment}`, region),
          records(domain, region),
        ])
      )
        .flat()
        .map((what) => `${region}: ${what}`),
    ),
  );
  for (const line of left.flat()) console.error(line);
  process.exitCode = left.flat().length > 0 ? 1 : 0;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
