/** The units as Terragrunt finds them: their inputs, their order, their mocks. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Glob } from 'bun';
import { findUnits, type Unit } from '../../tools/affected-units.ts';
import { collect } from '../../tools/collect.ts';
import { rehearse } from '../../tools/rehearsal.ts';
import { LIMIT } from './tree.ts';

setDefaultTimeout(LIMIT);

const ROOT = join(import.meta.dir, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Place {
  readonly environment: string;
  readonly region: string;
  readonly layer: string;
  readonly unit: string;
}

/** The parts of a unit's path. */
const partsOf = (path: string): Place => {
  const [environment = '', region = '', layer = '', unit = ''] = path.split('/');
  return { environment, region, layer, unit };
};

/** What is wrong with an edge. */
const faultOf = (unit: Place, dependency: Place): string | undefined => {
  if (dependency.environment !== unit.environment) return 'leaves the environment';
  if (unit.layer === 'shared' && dependency.layer !== 'shared') return 'shared needs app';
  if ([unit.region, 'global'].includes(dependency.region)) return undefined;
  if (unit.region === 'global') return 'global needs a region';
  // Another region is waited for, and only by what is a copy of it.
  return dependency.unit === unit.unit ? undefined : 'needs another region';
};

const terragrunt = (folder: string, words: string[], environment = {}) =>
  collect([join(ROOT, 'tools/terragrunt/terragrunt'), ...words], {
    cwd: folder,
    env: {
      ...process.env,
      TG_NON_INTERACTIVE: 'true',
      TG_NO_COLOR: 'true',
      TG_TF_PATH: join(ROOT, 'tools/opentofu/tofu'),
      STATE_BACKEND: 'local',
      ...environment,
    },
  });

let units: Unit[];
beforeAll(async () => {
  await using copy = await rehearse();
  units = await findUnits(copy.folder);
});

test('the files are formatted', async () => {
  for (const folder of ['live', 'stacks']) {
    const { status, errors } = await terragrunt(join(ROOT, folder), ['hcl', 'fmt', '--check']);
    expect([folder, status, errors]).toEqual([folder, 0, expect.any(String)]);
  }
});

describe('inputs', () => {
  test('each exists in the module, none is missing, and a misspelt one is refused', async () => {
    await using copy = await rehearse();
    await findUnits(copy.folder);
    // In the folder of each: from live/, Terragrunt 1.0.0 takes live/ itself for the place of all.
    const validate = async (path: string) => {
      const { status, errors } = await terragrunt(join(copy.folder, 'live', path), [
        ...['hcl', 'validate', '--inputs', '--strict'],
      ]);
      return status === 0 ? [] : [`${path}\n${errors}`];
    };
    // What a unit passes is the same in every environment.
    const representatives = new Map(
      units.map(({ path }) => {
        const { region, layer, unit } = partsOf(path);
        return [`${region === 'global'} ${layer} ${unit}`, path];
      }),
    );
    const faults: string[] = [];
    for (const path of representatives.values()) faults.push(...(await validate(path)));
    expect(faults).toEqual([]);
    await copy.edit('stacks/units/shared/network.hcl', (text) => text.replace('zones ', 'zoness '));
    const [fault = ''] = await validate('dev/eu-west-1/shared/network');
    expect(fault).toMatch(/unused[\s\S]*- zoness[\s\S]*missing[\s\S]*- zones/);
  });

  test('every module has a unit, every unit a file, and every file a unit', () => {
    const used = new Set(units.map(({ path }) => `${partsOf(path).layer}/${partsOf(path).unit}`));
    const modules = [...new Glob('{shared,app}/*/versions.tf').scanSync(join(ROOT, 'modules'))];
    const files = [...new Glob('*/*.hcl').scanSync(join(ROOT, 'stacks/units'))];
    expect([...used].sort()).toEqual(modules.map((file) => file.slice(0, -12)).sort());
    expect([...used].sort()).toEqual(files.map((file) => file.slice(0, -4)).sort());
  });
});

test("delivery knows the bucket and the key's alias of every unit's state", async () => {
  await using copy = await rehearse();
  await findUnits(copy.folder);
  const render = async (path: string) =>
    JSON.parse(
      (
        await terragrunt(join(copy.folder, 'live', path), ['render', '--json'], {
          STATE_BACKEND: 's3',
        })
      ).output,
    );
  const regions = new Set(units.map(({ path }) => path.split('/').slice(0, 2).join('/')));
  const told = new Map<string, { buckets: string[]; key_alias: string }>();
  for (const region of regions) {
    const [environment = ''] = region.split('/');
    if (!told.has(environment)) {
      const { inputs } = await render(`${environment}/global/shared/delivery`);
      told.set(environment, inputs.environments[environment].state);
    }
    // All units of a region have the bucket that this one is about.
    const { inputs, remote_state } = await render(`${region}/shared/state`);
    const { buckets, key_alias } = told.get(environment) ?? {};
    expect(remote_state.config.bucket).toBe(inputs.bucket);
    expect([region, buckets]).toEqual([region, expect.arrayContaining([inputs.bucket])]);
    expect([region, key_alias]).toEqual([region, `alias/${inputs.name}-state`]);
  }
  expect(regions.size).toBeGreaterThan(told.size);
});

describe('order', () => {
  test('each comes after what it depends on', () => {
    const seen = new Set<string>();
    for (const { path, dependencies } of units) {
      for (const dependency of dependencies)
        expect([path, seen]).toEqual([path, new Set([...seen, dependency])]);
      seen.add(path);
    }
    expect(seen.size).toBe(units.length);
  });

  test('no edge leaves an environment, shared needs no app, and global no region', () => {
    for (const { path, dependencies } of units)
      for (const dependency of dependencies)
        expect([path, dependency, faultOf(partsOf(path), partsOf(dependency))]).toEqual([
          path,
          dependency,
          undefined,
        ]);
  });

  test('no output of another region is read, so that one that is lost is not missed', async () => {
    for (const file of new Glob('*/*.hcl').scanSync(join(ROOT, 'stacks/units')))
      for (const [, folder] of read(`stacks/units/${file}`).matchAll(
        /config_path\s*=\s*"([^"]*)\/(?:shared|app)\//g,
      ))
        expect([file, folder]).toEqual([
          file,
          expect.stringMatching(/^\$\{local\.facts\.(region|global)_folder\}$/),
        ]);
  });
});

test('the units that a destroy begins with ask for what clusters left', () => {
  const [, list = ''] =
    /asks_for_leftovers = contains\(\[(.*?)\]/.exec(read('live/root.hcl')) ?? [];
  const asking = [...list.matchAll(/"([\w-]+)"/g)].map(([, unit = '']) => unit);
  expect(asking.filter((unit) => !units.some(({ path }) => partsOf(path).unit === unit))).toEqual(
    [],
  );
  // What may be destroyed at once: an environment, a region of it, a layer everywhere or there.
  const placesOf = (path: string) => {
    const { environment, region, layer } = partsOf(path);
    return [[], [region], [layer], [region, layer]].map((part) => [environment, ...part].join(' '));
  };
  const silent = units.filter(({ path }) => {
    const { unit } = partsOf(path);
    // `state` is never destroyed.
    if (unit === 'state' || asking.includes(unit)) return false;
    const dependents = units.filter(({ dependencies }) => dependencies.includes(path));
    return placesOf(path).some(
      (place) => !dependents.some((dependent) => placesOf(dependent.path).includes(place)),
    );
  });
  expect(silent.map(({ path }) => path)).toEqual([]);
});

describe('mocks', () => {
  const mocks = read('stacks/mocks.hcl');
  /** The mocked outputs, by unit. */
  const mocked = [...mocks.matchAll(/^ {2}(\w+) = \{\n([\s\S]*?)^ {2}\}/gm)].map(
    ([, unit = '', body = '']) =>
      [unit, [...body.matchAll(/^ {4}(\w+) +=/gm)].map(([, output]) => output)] as const,
  );

  test('each is an output of its module', () => {
    for (const [unit, outputs] of mocked) {
      const [file = ''] = new Glob(`*/${unit}/outputs.tf`).scanSync(join(ROOT, 'modules'));
      const declared = [...read(`modules/${file}`).matchAll(/^output "(\w+)"/gm)].map(
        ([, name]) => name,
      );
      expect([unit, outputs.filter((output) => !declared.includes(output))]).toEqual([unit, []]);
    }
  });

  test('each can be recognised', () => {
    const values = mocks.split('\n').filter((line) => /^ {4}.*"/.test(line));
    expect(values.length).toBeGreaterThan(10);
    for (const value of values) expect(value.toLowerCase()).toContain('mock');
  });

  test('every dependency has them, for the commands of one list', () => {
    for (const file of new Glob('*/*.hcl').scanSync(join(ROOT, 'stacks/units'))) {
      const text = read(`stacks/units/${file}`);
      const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
      const dependencies = count(/^dependency "/gm);
      expect([
        file,
        count(/^ {2}mock_outputs += local\.mocks\.\w+$/gm),
        count(/^ {2}mock_outputs_allowed_terraform_commands = local\.mocks\.commands$/gm),
      ]).toEqual([file, dependencies, dependencies]);
    }
  });
});

test('a region is one file, and so is what an environment adds', () => {
  for (const environment of ['dev', 'prod']) {
    const files = [...new Glob('**/*.hcl').scanSync(join(ROOT, 'live', environment))].filter(
      (file) => !/^[^/]+\/(shared|app)\//.test(file),
    );
    const regions = readdirSync(join(ROOT, 'live', environment)).filter(
      (name) => name !== 'environment.hcl',
    );
    expect(files.sort()).toEqual(
      ['environment.hcl', ...regions.map((region) => `${region}/terragrunt.stack.hcl`)].sort(),
    );
    expect(files.map((file) => basename(file)).sort()).not.toContain('terragrunt.hcl');
  }
});
