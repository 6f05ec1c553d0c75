import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { startSimulation } from '../../tools/aws-simulation/simulation.ts';
import { codeHash } from '../../tools/aws-simulation/sources.ts';
import { packFunction } from '../../tools/lambda.ts';
import { drawAccount, listResources } from './picture.ts';
import { ACCOUNT_ID } from './root.ts';
import { testWithSources } from './sources.ts';

const ROOT = join(import.meta.dir, '../..');
const PAGE = join(ROOT, 'docs/aws.md');
const HASH = /(<!-- computed from code )\w*( -->)/;
const REGIONS = ['eu-west-1', 'eu-central-1'] as const;

/** The page with other text between the marks of a part. */
const withPart = (page: string, name: string, text: string): string =>
  page.replace(
    new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(<!-- /${name} -->)`),
    (_, begin, end) => `${begin}${text}\n${end}`,
  );

/** Both modules in a region, wired. */
const wired = (region: string, range: string, database: object) => {
  const zones = ['a', 'b', 'c'].map((letter) => region + letter);
  const common = { name: 'hello-prod', region, account_id: ACCOUNT_ID };
  return {
    'main.tf.json': JSON.stringify({
      provider: { aws: { region } },
      module: {
        network: { source: './modules/shared/network', ...common, zones, range },
        database: {
          source: './modules/app/database',
          ...common,
          ...{ global_cluster_identifier: 'hello-prod', zones, instance_zones: zones },
          ...{ instance_class: 'db.r8g.large', engine_version: '17.7' },
          vpc_id: `\${module.network.vpc_id}`,
          database_subnet_group_name: `\${module.network.database_subnet_group_name}`,
          application_subnet_ids: `\${module.network.application_subnet_ids}`,
          ...database,
        },
      },
    }),
  };
};

// Where the sources of the modules are out of reach, this is all that tells.
test('docs/aws.md was computed from the code that is here', async () => {
  const { 0: mark } = HASH.exec(await Bun.file(PAGE).text()) ?? [];
  if (process.env.PICTURE !== 'write')
    expect(mark, 'stale: where the module sources are, PICTURE=write bun test modules/tests').toBe(
      `<!-- computed from code ${await codeHash()} -->`,
    );
});

testWithSources(
  'docs/aws.md shows what the modules make (PICTURE=write writes it)',
  async () => {
    const archive = join(ROOT, 'modules/app/database/rotation.zip');
    await Bun.write(archive, await packFunction('modules/app/database/rotation'));
    const simulation = await startSimulation();
    try {
      for (const files of [
        wired('eu-west-1', '10.16.0.0/16', { replica_regions: ['eu-central-1'] }),
        wired('eu-central-1', '10.17.0.0/16', {
          ...{ origin: 'secondary', role: 'secondary', primary_region: 'eu-west-1' },
          instance_zones: [],
        }),
      ]) {
        const root = simulation.root(files);
        await simulation.run(root, 'init');
        await simulation.run(root, 'apply');
      }
      const account = await simulation.resources();
      const page = await Bun.file(PAGE).text();
      const picture = `\`\`\`mermaid\n${drawAccount(account, REGIONS)}\n\`\`\``;
      const right = withPart(
        withPart(page, 'picture', picture),
        'resources',
        listResources(account, REGIONS),
      ).replace(HASH, `$1${await codeHash()}$2`);
      if (process.env.PICTURE === 'write') await Bun.write(PAGE, right);
      else expect(page).toBe(right);
    } finally {
      await simulation.stop();
    }
  },
  300_000,
);
