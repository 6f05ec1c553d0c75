/** Renovate itself, without a network: what it finds in this repository, beside what is pinned here. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import renovate from '../../renovate.json' with { type: 'json' };
import { type Rehearsal, rehearse } from '../rehearsal.ts';

const RENOVATE = join(import.meta.dir, '../renovate/renovate');
setDefaultTimeout(120_000);

// Installed before any test, whose time is limited.
if (!Bun.spawnSync([RENOVATE, '--version'], { stdio: ['ignore', 'ignore', 'inherit'] }).success)
  throw new Error("tools/renovate/renovate can't be run");

interface Dependency {
  readonly depName?: string;
  readonly currentValue?: string;
  readonly enabled?: boolean;
}

/** What Renovate found: `file: name value`. */
let found: string[];
let clone: Rehearsal;

/** Runs it; the messages of its log. */
const call = async (...words: readonly string[]): Promise<Record<string, unknown>[]> => {
  const child = Bun.spawn([RENOVATE, ...words], {
    cwd: clone.folder,
    env: {
      ...process.env,
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
      RENOVATE_BASE_DIR: join(clone.folder, '.git/renovate'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  return output.split('\n').flatMap((line) => (line.startsWith('{') ? JSON.parse(line) : []));
};

/** What it calls an error, but that it asks for another Node.js than Bun says to be. */
const errorsIn = (log: readonly Record<string, unknown>[]): unknown[] =>
  log
    .filter(({ level, msg }) => Number(level) >= 50 && !String(msg).startsWith('Unsupported node'))
    .map(({ msg, errors }) => errors ?? msg);

beforeAll(async () => {
  clone = await rehearse();
  const log = await call('--platform=local', '--dry-run=extract');
  expect(errorsIn(log)).toEqual([]);
  const extracted = log.find(({ msg }) => msg === 'Extracted dependencies')?.packageFiles ?? {};
  const files = Object.values(extracted).flat() as { packageFile: string; deps: Dependency[] }[];
  found = files.flatMap(({ packageFile, deps }) =>
    deps.map(({ depName, currentValue }) => `${packageFile}: ${depName} ${currentValue}`),
  );
});
afterAll(() => clone[Symbol.asyncDispose]());

/** The lines of files that a pattern is in, as `file: name value` of its two groups. */
const pinsIn = async (glob: string, pattern: RegExp): Promise<string[]> => {
  const files = (await clone.git('ls-files', '--', `:(glob)${glob}`)).split('\n').filter(Boolean);
  const pins = await Promise.all(
    files.map(async (file) =>
      [...(await Bun.file(join(clone.folder, file)).text()).matchAll(pattern)].map(
        ([, name, value]) => `${file}: ${name} ${value}`,
      ),
    ),
  );
  return pins.flat();
};

/** Every kind of pin here, read without Renovate. */
const KINDS = {
  'npm packages': () => pinsIn('**/package.json', /^ {4}"([^"]+)": "(\d[^"]*)"/gm),
  'Go modules': () =>
    pinsIn(
      '**/go.mod',
      /^\s*(?:require )?(?:\S+ => )?(\S+\.\S+\/\S+) (v\S+)(?: \/\/ indirect)?$/gm,
    ),
  'Python packages': () => pinsIn('**/requirements.txt', /^([a-z0-9._-]+)(==\S+)/gim),
  'Python packages of tests': async () => [
    ...(await pinsIn('service/test/support/python.ts', /'([a-z-]+)==([\d.]+)'/g)),
    ...(await pinsIn('live/test/moto.ts', /'([\w-]+)==([^']+)'/g)),
  ],
  'npm packages of the simulation': () =>
    pinsIn('tools/aws-simulation/extract/packages.txt', /^(\S+)@(\S+) /gm),
  images: () => pinsIn('**/Dockerfile', /^FROM .*?(docker\.io\/\S+?):([^@\s]+)@sha256:/gm),
  runners: () => pinsIn('.github/workflows/*.yaml', /runs-on: (ubuntu)-([\d.]+)/g),
  actions: () => pinsIn('.github/workflows/*.yaml', /uses: (\S+)@[0-9a-f]{40} # (v\S+)/g),
  'Terraform modules': () =>
    pinsIn(
      'modules/*/*/*.tf',
      /source\s*=\s*"((?:[a-z0-9-]+\/){2}aws)(?:\/\/[^"]*)?"\n\s*version\s*=\s*"([^"]+)"/g,
    ),
  'simulated providers': () =>
    pinsIn('tools/aws-simulation/versions.json', /"([a-z]+)": "([\d.]+)"/g),
  'what an environment runs on': async () => {
    const names: Record<string, string> = {
      chart_version: 'argo-cd',
      apps_chart_version: 'argocd-apps',
      kubernetes_version: 'amazon-eks',
    };
    // No source knows which versions Aurora offers: engine_version is for people.
    const pins = await pinsIn(
      'live/*/environment.hcl',
      /^\s*(?!engine)(\w*_version)\s*=\s*"([\d.]+)"/gm,
    );
    return pins.map((pin) => pin.replace(/ (\w+) /, (_, name) => ` ${names[name]} `));
  },
  'platform components': async () => [
    ...(await pinsIn('gitops/platform/*/application.yaml', /^chart: (\S+)\nversion: (\S+)/gm)),
    ...(await pinsIn(
      'gitops/platform/*/application.yaml',
      /github\.com\/(\S+)\.git\nversion: (\S+)/g,
    )),
  ],
  'Debian packages': () =>
    pinsIn('service/image/debian.lock.json', /"name": "([^"]+)",\s+"version": "([^"]+)"/g),
};

const timesIn = (list: readonly string[], pin: string): number =>
  list.filter((other) => other === pin).length;

for (const [kind, pinned] of Object.entries(KINDS))
  test(`each is found once: ${kind}`, async () => {
    const pins = await pinned();
    expect(pins.length).toBeGreaterThan(0);
    const wrong = [...new Set(pins)].filter((pin) => timesIn(found, pin) !== timesIn(pins, pin));
    expect(wrong).toEqual([]);
  });

test('no file with pins is of another kind', async () => {
  const known = await Promise.all(Object.values(KINDS).map((pinned) => pinned()));
  const files = new Set(known.flat().map((pin) => pin.split(': ')[0]));
  const others = found
    // The version of a chart is a variable's.
    .filter((pin) => !pin.includes('${var.'))
    .map((pin) => pin.split(': ')[0] ?? '')
    .filter((file) => !files.has(file));
  // Ranges of what a module takes.
  expect([...new Set(others)].filter((file) => !/^modules\/.*\/versions\.tf$/.test(file))).toEqual(
    [],
  );
});

test('no file of another kind has a pin', async () => {
  const known = await Promise.all(Object.values(KINDS).map((pinned) => pinned()));
  const files = new Set(known.flat().map((pin) => pin.split(': ')[0]));
  // Of Python, of npm, of images, of actions, and what is fetched by its version.
  const PIN =
    /[a-z]==\d|^@?[a-z][\w./-]*@v?\d+\.\d|^FROM (?!scratch)|\buses: \S+@|\b(npx|bunx|go (run|install)|pip install)\b.*(@v?|==)\d/m;
  const tracked = (await clone.git('ls-files', '--', '.', ':!*.md', ':!*test.ts')).split('\n');
  const pinned: string[] = [];
  for (const file of tracked)
    if (PIN.test(await Bun.file(join(clone.folder, file)).text())) pinned.push(file);
  expect(pinned.length).toBeGreaterThan(4);
  expect(pinned.filter((file) => !files.has(file))).toEqual([]);
});

test('a tool in Go is updated, though Go calls its module indirect', async () => {
  const tools = await pinsIn('tools/*/go.mod', /^(tool) (\S+)$/gm);
  const modules = (await pinsIn('tools/*/go.mod', /^\s*(\S+\.\S+\/\S+) (v\S+)/gm)).map((pin) =>
    pin.split(' '),
  );
  const ofTools = tools.map((line) => {
    const [file, , path = ''] = line.split(' ');
    const [, module] =
      modules
        .filter(([of, name = '']) => of === file && `${path}/`.startsWith(`${name}/`))
        .toSorted(([, one = ''], [, other = '']) => other.length - one.length)[0] ?? [];
    return module;
  });
  const rule = renovate.packageRules.find(({ matchDepTypes }) =>
    matchDepTypes?.includes('indirect'),
  );
  expect(rule?.matchPackageNames).toEqual(ofTools.toSorted() as string[]);
});

test('the configuration is valid, and a wrong one is not', async () => {
  const errorsOf = async (file: string): Promise<string> =>
    JSON.stringify(errorsIn(await call('--validate', '--strict', '--no-global', file)));
  expect(await errorsOf('renovate.json')).toBe('[]');
  await Bun.write(join(clone.folder, 'wrong.json'), JSON.stringify({ ...renovate, schedul: [] }));
  expect(await errorsOf('wrong.json')).toContain('schedul');
});

test('its patterns are of RE2, which Renovate runs where it is compiled', () => {
  for (const { matchStrings } of renovate.customManagers)
    expect(matchStrings.join()).not.toMatch(/\(\?<?[=!]/);
});

test('no component of the platform has a version of another kind', async () => {
  const versions = await pinsIn('gitops/platform/*/application.yaml', /^(version): (\S+)/gm);
  expect(versions).toHaveLength((await KINDS['platform components']()).length);
});

test('a release has been public for as long as bunfig.toml asks', async () => {
  const [, seconds] =
    /minimumReleaseAge = (\d+)/.exec(await Bun.file(join(clone.folder, 'bunfig.toml')).text()) ??
    [];
  expect(renovate.minimumReleaseAge).toBe(`${Number(seconds) / 86_400} days`);
});
