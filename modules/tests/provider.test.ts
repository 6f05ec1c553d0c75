import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { type Simulation, startSimulation } from '../../tools/aws-simulation/simulation.ts';
import { ACCOUNT_ID } from './root.ts';

const MODULES = join(import.meta.dir, '..');
const REGION = 'eu-west-1';

let simulation: Simulation;

// The first one builds the simulation.
beforeAll(async () => {
  simulation = await startSimulation();
}, 600_000);

afterAll(() => simulation.stop());

const modules = await Promise.all(
  [...new Bun.Glob('{app,shared}/*/variables.tf').scanSync(MODULES)].sort().map(async (file) => {
    const variables = await Bun.file(join(MODULES, file)).text();
    const guard = Bun.file(join(MODULES, file, '../provider.tf'));
    const versions = await Bun.file(join(MODULES, file, '../versions.tf')).text();
    return {
      name: file.split('/').slice(0, 2).join('-'),
      // What makes nothing in AWS has no provider to compare with.
      compared: ['region', 'account_id'].filter(
        (name) =>
          versions.includes('"hashicorp/aws"') && variables.includes(`variable "${name}" {`),
      ),
      guard: (await guard.exists()) ? await guard.text() : '',
    };
  }),
);

/** What a plan of the guards alone says, of all modules at once. */
const planned = async (inputs: Readonly<Record<string, string>>): Promise<string> => {
  const root = simulation.root({
    ...Object.fromEntries(
      modules.flatMap(({ name, compared, guard }) => [
        [`${name}/provider.tf`, guard],
        [
          `${name}/variables.tf`,
          compared.map((input) => `variable "${input}" { type = string }\n`).join(''),
        ],
      ]),
    ),
    'main.tf.json': JSON.stringify({
      provider: { aws: { region: REGION } },
      module: Object.fromEntries(
        modules.map(({ name, compared }) => [
          name,
          {
            source: `./${name}`,
            ...Object.fromEntries(compared.map((input) => [input, inputs[input]])),
          },
        ]),
      ),
    }),
  });
  await simulation.run(root, 'init');
  const { stdout, stderr } = await simulation.tofu(root, 'plan');
  return `${stdout}${stderr}`.replaceAll(/[\s│]+/g, ' ');
};

test('a module whose region or account is not its provider’s is refused in words', async () => {
  const wrong = await planned({ region: 'eu-west-2', account_id: '999999999999' });
  for (const { name, compared } of modules) {
    const said = {
      region: `region is eu-west-2, but the provider is in ${REGION}`,
      account_id: `account_id is 999999999999, but the provider's credentials are of ${ACCOUNT_ID}`,
    };
    for (const input of compared as (keyof typeof said)[])
      expect({ name, input, refused: errorsOf(wrong, name).includes(said[input]) }).toEqual({
        ...{ name, input, refused: true },
      });
  }
  expect(await planned({ region: REGION, account_id: ACCOUNT_ID })).not.toContain('Error');
}, 120_000);

/** The errors that name a module. */
const errorsOf = (output: string, module: string): string =>
  output
    .split('Error: ')
    .filter((error) => error.includes(`on ${module}/`))
    .join();
