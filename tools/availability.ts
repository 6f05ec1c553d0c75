/**
 * Asks every place outside whether it still has what is pinned here: `bun tools/availability.ts [KIND ...]`, by default all. A line
 * for each pin that can't be had, with the reason; ends with 1 when there is one. What it downloads goes into an empty folder,
 * so no cache hides what is gone.
 *
 * Not asked: providers of Terraform, which `bun tools/plan/providers.ts drift` asks every night; versions of Aurora, which only an
 * AWS account knows; packages of Debian that tests unpack in whatever version there is.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { YAML } from 'bun';
import renovate from '../renovate.json' with { type: 'json' };
import { ALL_ARCHITECTURES } from '../service/image/architecture.ts';
import { download, lockedLibc } from '../service/image/debian.ts';
import { collect } from './collect.ts';
import { git } from './git.ts';

const ROOT = join(import.meta.dir, '..');

interface Pin {
  readonly name: string;
  /** Where it stands. */
  readonly file: string;
  /** @throws Error with the reason when it can't be had */
  readonly ask: () => Promise<unknown>;
}

/** The files that Git has under these names. */
const filesOf = async (...globs: readonly string[]): Promise<string[]> => {
  const names = await git(ROOT, 'ls-files', '--', ...globs.map((glob) => `:(glob)${glob}`));
  return names.split('\n').filter(Boolean);
};

/** A pin for each match of a pattern, by its groups. */
const pinsIn = async (
  globs: readonly string[],
  pattern: RegExp,
  pin: (...groups: string[]) => Omit<Pin, 'file'>,
): Promise<Pin[]> => {
  const pins: Pin[] = [];
  for (const file of await filesOf(...globs))
    for (const [, ...groups] of (await Bun.file(join(ROOT, file)).text()).matchAll(pattern))
      pins.push({ file, ...pin(...groups) });
  return pins;
};

/** A pin for each of these files, whose client runs in an empty folder with a copy of what is beside it. */
const locks = async (
  globs: readonly string[],
  command: (file: string) => readonly string[],
): Promise<Pin[]> =>
  (await filesOf(...globs)).map((file) => ({
    file,
    name: 'its packages',
    ask: () =>
      inEmptyFolder(async (folder) => {
        cpSync(join(ROOT, file), join(folder, basename(file)));
        const manifest = join(ROOT, dirname(file), 'package.json');
        if (/lock/.test(file)) cpSync(manifest, join(folder, 'package.json'));
        await run(command(basename(file)), folder);
      }),
  }));

const inEmptyFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-availability-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const run = async (command: readonly string[], folder: string): Promise<string> => {
  const cache = join(folder, 'cache');
  mkdirSync(cache, { recursive: true });
  const caches = { BUN_INSTALL_CACHE_DIR: cache, npm_config_cache: cache, GOMODCACHE: cache };
  const env = { ...process.env, ...caches, PIP_NO_CACHE_DIR: '1', GOFLAGS: '-modcacherw' };
  const { status, output, errors } = await collect(command, { cwd: folder, env });
  if (status !== 0) throw new Error(errors.replaceAll(/\s+/g, ' ').slice(0, 500));
  return output;
};

const get = async (url: string, options: RequestInit = {}): Promise<Response> => {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
};

/** Whether a repository of charts lists a version. */
export const askChart = async (repository: string, chart: string, version: string) => {
  const text = await (await get(`${repository.replace(/\/$/, '')}/index.yaml`)).text();
  const { entries } = YAML.parse(text) as { entries: Record<string, { version: string }[]> };
  if (!entries[chart]?.some((each) => [version, `v${version}`].includes(each.version)))
    throw new Error(`${repository} doesn't list it`);
};

/** Whether a registry of images has a tag or digest, as whoever has no account there. */
export const askRegistry = async (registry: string, repository: string, reference: string) => {
  const url = `${registry}/v2/${repository}/manifests/${reference}`;
  const types = ['vnd.oci.image.index.v1', 'vnd.docker.distribution.manifest.list.v2'];
  const Accept = [...types, 'vnd.oci.image.manifest.v1']
    .map((type) => `application/${type}+json`)
    .join(', ');
  const { status, headers } = await fetch(url, { headers: { Accept } });
  if (status !== 401) return get(url, { headers: { Accept } });
  const challenge = headers.get('WWW-Authenticate') ?? '';
  const [realm, service] = ['realm', 'service'].map(
    (name) => new RegExp(`${name}="([^"]+)"`).exec(challenge)?.[1],
  );
  const scope = `repository:${repository}:pull`;
  const { token } = (await (
    await get(`${realm}?${new URLSearchParams({ service: service ?? '', scope })}`)
  ).json()) as { token: string };
  return get(url, { headers: { Accept, Authorization: `Bearer ${token}` } });
};

/** Whether a tag is there, of a commit if one is given. */
export const askTag = async (repository: string, tag: string, commit = '') => {
  const words = ['ls-remote', '--exit-code', repository, `refs/tags/${tag}`, `refs/tags/${tag}^{}`];
  const tags = await git(ROOT, ...words);
  if (!tags.includes(commit)) throw new Error(`${tag} of ${repository} isn't ${commit}`);
};

const charts = (pattern: RegExp, repository: string, chart: string): Promise<Pin[]> =>
  pinsIn(['live/*/environment.hcl'], pattern, (version = '') => ({
    name: `${chart} ${version}`,
    ask: () => askChart(repository, chart, version),
  }));

const PLATFORM = ['gitops/platform/*/application.yaml'];
const ARGO = 'https://argoproj.github.io/argo-helm';

export const KINDS: Readonly<Record<string, () => Promise<Pin[]>>> = {
  debian: async () =>
    ALL_ARCHITECTURES.map((architecture) => {
      const locked = lockedLibc(architecture);
      return {
        name: `${locked.name} ${locked.version} for ${architecture}`,
        file: 'service/image/debian.lock.json',
        ask: () => download(locked),
      };
    }),
  images: () =>
    pinsIn(['**/Dockerfile'], /^FROM .*docker\.io\/(\S+?):(\S+)@(\S+)/gm, (name, tag, digest) => ({
      name: `${name}:${tag}`,
      ask: () => askRegistry('https://registry-1.docker.io', name ?? '', digest ?? ''),
    })),
  bun: () =>
    locks(['**/bun.lock'], () => ['bun', 'install', '--frozen-lockfile', '--ignore-scripts']),
  npm: () =>
    locks(['**/package-lock.json'], () => [
      'npm',
      'ci',
      '--legacy-peer-deps',
      '--ignore-scripts',
      '--no-audit',
    ]),
  python: async () => {
    const pip = ['python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', 'packages'];
    const files = ['live/test/moto.ts', 'service/test/support/python.ts'];
    return [
      ...(await locks(['**/requirements.txt'], (file) => [...pip, '--requirement', file])),
      ...(await pinsIn(files, /'([a-z\d-]+==[^']+)'/g, (name = '') => ({
        name,
        ask: () => inEmptyFolder(async (folder) => void (await run([...pip, name], folder))),
      }))),
    ];
  },
  go: async () => {
    // Go calls the modules of tools indirect; Renovate's rule names them.
    const tools = renovate.packageRules.find((rule) => rule.matchDepTypes?.includes('indirect'));
    const pins = await pinsIn(
      ['**/go.mod'],
      /^\s*(?:require )?(\S+\.\S+\/\S+) (v\S+)( \/\/ indirect)?$/gm,
      (name = '', version = '', indirect) => ({
        name: indirect && !tools?.matchPackageNames?.includes(name) ? '' : `${name}@${version}`,
        ask: () =>
          inEmptyFolder(
            async (folder) => void (await run(['go', 'list', '-m', `${name}@${version}`], folder)),
          ),
      }),
    );
    return pins.filter(({ name }) => name);
  },
  actions: () =>
    pinsIn(
      ['.github/workflows/*.yaml'],
      /uses:\s([^/\s]+\/[^/@\s]+)\S*@([0-9a-f]{40}) # (v\S+)/g,
      (name, commit, tag = '') => ({
        name: `${name} ${tag}`,
        ask: () => askTag(`https://github.com/${name}`, tag, commit),
      }),
    ),
  charts: async () => [
    ...(await pinsIn(
      PLATFORM,
      /repository: (https:\S+)\nchart: (\S+)\nversion: (\S+)/g,
      (repository = '', chart = '', version = '') => ({
        name: `${chart} ${version}`,
        ask: () => askChart(repository, chart, version),
      }),
    )),
    ...(await pinsIn(
      PLATFORM,
      /repository: ([a-z][\w.]+)\/(\S+)\nchart: (\S+)\nversion: (\S+)/g,
      (registry, repository, chart, version = '') => ({
        name: `${chart} ${version}`,
        ask: () => askRegistry(`https://${registry}`, `${repository}/${chart}`, version),
      }),
    )),
    ...(await pinsIn(
      PLATFORM,
      /repository: (https:\S+\.git)\nversion: (\S+)/g,
      (repository = '', tag = '') => ({
        name: `${basename(repository)} ${tag}`,
        ask: () => askTag(repository, tag),
      }),
    )),
    ...(await charts(/\schart_version\s*=\s*"([^"]+)"/g, ARGO, 'argo-cd')),
    ...(await charts(/\sapps_chart_version\s*=\s*"([^"]+)"/g, ARGO, 'argocd-apps')),
  ],
  modules: () =>
    pinsIn(
      ['modules/*/*/*.tf'],
      /source\s*=\s*"((?:[a-z0-9-]+\/){2}aws)(?:\/\/[^"]*)?"\n\s*version\s*=\s*"([\d.]+)"/g,
      (name, version) => ({
        name: `${name} ${version}`,
        ask: () => get(`https://registry.opentofu.org/v1/modules/${name}/${version}/download`),
      }),
    ),
  kubernetes: () =>
    pinsIn(['live/*/environment.hcl'], /\skubernetes_version\s*=\s*"([^"]+)"/g, (version = '') => ({
      name: `Kubernetes ${version} on EKS`,
      ask: async () => {
        const cycle = await get(`https://endoflife.date/api/amazon-eks/${version}.json`);
        const { eol } = (await cycle.json()) as { eol: string };
        if (eol < new Date().toISOString()) throw new Error(`its standard support ended ${eol}`);
      },
    })),
};

/** Asks for each pin of a kind once, wherever it stands; a line for each that can't be had. */
export const askKind = async (kind: string): Promise<string[]> => {
  const pins = Map.groupBy((await KINDS[kind]?.()) ?? [], ({ name, file }) =>
    name === 'its packages' ? file : name,
  );
  const lines: string[] = [];
  for (const [{ name, file, ask } = { name: '', file: '', ask: async () => {} }] of pins.values())
    await ask().catch((error: Error) => lines.push(`${kind}: ${name} (${file}): ${error.message}`));
  return lines;
};

if (import.meta.main) {
  const kinds = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(KINDS);
  const unknown = kinds.filter((kind) => !KINDS[kind]);
  if (unknown.length > 0) {
    console.error(`unknown ${unknown.join(', ')}: use ${Object.keys(KINDS).join(', ')}`);
    process.exit(2);
  }
  const lines = (await Promise.all(kinds.map(askKind))).flat();
  for (const line of lines) console.log(line);
  console.log(
    lines.length > 0
      ? `${lines.length} pins can't be had`
      : `everything is there: ${kinds.join(', ')}`,
  );
  process.exit(lines.length > 0 ? 1 : 0);
}
