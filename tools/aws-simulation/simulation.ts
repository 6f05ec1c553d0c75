/** A simulated AWS for tests: accounts in a folder, providers and modules served to OpenTofu without a network. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Glob } from 'bun';
import { guardedFolder } from '../../service/test/support/guarded-folder.ts';
import { serveModules } from './modules.ts';
import { MODULE_REGISTRY, MODULE_SOURCES, writeStandIns } from './sources.ts';
import providerVersions from './versions.json';

const HERE = import.meta.dir;
const ROOT = join(HERE, '../..');

/** `SIMULATION=off` runs the same against the real provider and the account that the environment's credentials are of. */
export const SIMULATED = process.env.SIMULATION !== 'off';

/** One thing in the simulated account; see account/account.go. */
export interface Resource {
  type: string;
  id: string;
  /** `global` for what belongs to no region. */
  region: string;
  /** The account that it is in. */
  account: string;
  /** ID of the resource that AWS made this one along with. */
  made_by?: string;
  // biome-ignore lint/suspicious/noExplicitAny: as many shapes as types.
  attributes: Record<string, any>;
  /** Write-only values, such as passwords. */
  write_only?: Record<string, unknown>;
  /** The file that it is in. */
  file: string;
}

/** What goes wrong, each off by default; see account/faults.go. */
export interface Faults {
  /** Share of the time that AWS takes: 1 is as slow as AWS. */
  latency?: number;
  /** Calls to deny, such as `create aws_s3_bucket` or `* aws_kms_*`. */
  deny?: string[];
  /** Each so manieth write is throttled until the provider gives up. */
  throttle?: number;
  /** The provider dies at this write, counted from now. */
  crash?: number;
  /** The write at which it dies still happens. */
  crash_after?: boolean;
  /** Regions where nothing answers. */
  gone?: string[];
}

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface Simulation {
  /** The folder of accounts. */
  accounts: string;
  /** What OpenTofu, Terraform and Terragrunt need in their environment. */
  environment: Record<string, string>;
  /** Makes a root module out of these files; `./modules` in it is the repository's. */
  root(files: Record<string, string>): string;
  /** Runs OpenTofu in a folder, without colours and questions. */
  tofu(folder: string, ...args: string[]): Promise<Outcome>;
  /** The same, and throws when it fails; returns the standard output. */
  run(folder: string, ...args: string[]): Promise<string>;
  /** Runs the stand-in for the `aws` command; with `SIMULATION=off` the real one. */
  aws(...args: string[]): Promise<Outcome>;
  /** Runs the pinned Terragrunt with OpenTofu in a folder. */
  terragrunt(folder: string, ...args: string[]): Promise<Outcome>;
  /** Plans and returns the plan as `tofu show -json` has it. */
  // biome-ignore lint/suspicious/noExplicitAny: OpenTofu's own format.
  plan(folder: string, ...args: string[]): Promise<any>;
  /** Everything in the accounts, by type and ID. */
  resources(): Promise<Resource[]>;
  /** Sets what goes wrong from now on; `{}` is nothing. */
  faults(faults: Faults): void;
  /** Stops the module registry and removes roots, and the accounts unless their folder was given. */
  stop(): Promise<void>;
}

export interface Options {
  /** Folders of the modules' code; by default the cache. */
  sources?: string[];
  /** A registry that is asked for what they lack; empty for none. */
  registry?: string;
  /** The folder of accounts, which then stays; by default empty, and removed at the end. */
  accounts?: string;
}

/** Starts a simulation; modules come from where `modules.ts` says, stand-ins last. */
export async function startSimulation({
  sources = [MODULE_SOURCES],
  registry = MODULE_REGISTRY,
  accounts: kept,
}: Options = {}): Promise<Simulation> {
  const tofuProgram = process.env.TOFU ?? join(ROOT, 'tools/opentofu/tofu');
  const guarded = guardedFolder();
  const folder = guarded.path;
  const accounts = kept ?? join(folder, 'accounts');
  const standIns = join(folder, 'stand-ins');
  writeStandIns(standIns);
  const modules = serveModules({ sources, registry, standIns });
  const environment: Record<string, string> = {};
  if (SIMULATED) {
    const configuration = join(folder, 'tofu.rc');
    writeFileSync(configuration, cliConfiguration(mirror(await buildProgram()), modules.url));
    Object.assign(environment, {
      AWS_SIMULATION_ACCOUNTS: accounts,
      TF_CLI_CONFIG_FILE: configuration,
      // That of live/ has hashes of the real providers.
      PROVIDER_LOCK: 'none',
      PATH: `${join(HERE, 'stand-in')}:${process.env.PATH}`,
    });
  }
  Object.assign(environment, {
    CHECKPOINT_DISABLE: '1',
    // OpenTofu, Terragrunt and providers are short-lived: they'd collect garbage for a sixth of their time.
    GOGC: '400',
    TF_IN_AUTOMATION: '1',
    TG_TF_PATH: tofuProgram,
    TG_NON_INTERACTIVE: 'true',
    TG_TELEMETRY_TRACE_EXPORTER: 'none',
    // Each build of the simulated provider differs under the same version.
    TG_NO_AUTO_PROVIDER_CACHE_DIR: 'true',
  });

  const spawn = async (cwd: string, ...command: string[]): Promise<Outcome> => {
    const env = { ...process.env, ...environment };
    const child = Bun.spawn(command, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { exitCode: await child.exited, stdout, stderr };
  };

  const tofu = (directory: string, ...args: string[]) =>
    spawn(directory, tofuProgram, ...withoutQuestions(args));

  const run = async (directory: string, ...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await tofu(directory, ...args);
    if (exitCode !== 0)
      throw new Error(`tofu ${args.join(' ')} (${exitCode})\n${stdout}\n${stderr}`);
    return stdout;
  };

  return {
    accounts,
    environment,
    tofu,
    run,
    terragrunt: (directory, ...args) =>
      spawn(directory, join(ROOT, 'tools/terragrunt/terragrunt'), ...args),
    aws: (...args) => spawn(folder, SIMULATED ? join(HERE, 'stand-in/aws') : 'aws', ...args),
    root: (files) => makeRoot(folder, files),
    plan: async (directory, ...args) => {
      await run(directory, 'plan', '-out=plan', ...args);
      return JSON.parse(await run(directory, 'show', '-json', 'plan'));
    },
    resources: () => readAccounts(accounts),
    faults: (faults) => {
      mkdirSync(accounts, { recursive: true });
      rmSync(join(accounts, 'writes'), { force: true });
      writeFileSync(join(accounts, 'faults.json'), JSON.stringify(faults));
    },
    stop: async () => {
      await modules.stop();
      await guarded.remove();
    },
  };
}

/** Builds the program that is provider and account, unless the cache has one of the same sources. */
export async function buildProgram(): Promise<string> {
  const hash = new Bun.CryptoHasher('sha256');
  const sources = [...new Glob('**/*').scanSync({ cwd: HERE })].filter((file) =>
    /^go\.|(?<!_test)\.go$|^(facts|schema)\/.*(yaml|json|gz)$/.test(file),
  );
  for (const file of sources.sort()) hash.update(await Bun.file(join(HERE, file)).bytes());
  const version = hash.digest('hex').slice(0, 12);
  const build = Bun.spawn([join(ROOT, 'tools/go/build'), HERE, 'aws-simulation', version, '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const program = (await new Response(build.stdout).text()).trim();
  if ((await build.exited) !== 0) throw new Error('the simulation could not be built');
  const folder = dirname(program);
  utimesSync(folder, new Date(), new Date());
  forgetBuilds(dirname(folder));
  return program;
}

/** Days that a build is kept which nothing uses; another checkout may use another one. */
const BUILD_DAYS = 14;

/** Removes builds that no simulation has used for long. */
export function forgetBuilds(cache: string): void {
  for (const build of new Glob('aws-simulation-*').scanSync({ cwd: cache, onlyFiles: false })) {
    const age = Date.now() - statSync(join(cache, build)).mtimeMs;
    if (age > BUILD_DAYS * 86_400_000) rmSync(join(cache, build), { recursive: true, force: true });
  }
}

/** A mirror of providers beside the program: hard links, since Terraform follows no symbolic ones. */
function mirror(program: string): string {
  const folder = join(dirname(program), 'mirror');
  for (const host of ['registry.opentofu.org', 'registry.terraform.io']) {
    for (const [name, version] of Object.entries(providerVersions)) {
      const system = `${platform()}_${arch() === 'x64' ? 'amd64' : arch()}`;
      const place = join(folder, host, 'hashicorp', name, version, system);
      mkdirSync(place, { recursive: true });
      linkOnce(program, join(place, `terraform-provider-${name}_v${version}`));
    }
  }
  return folder;
}

function linkOnce(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

const cliConfiguration = (mirror: string, modules: string): string => `
provider_installation {
  filesystem_mirror {
    path    = "${mirror}"
    include = ["*/*/*"]
  }
}
${['registry.opentofu.org', 'registry.terraform.io']
  .map((host) => `host "${host}" {\n  services = { "modules.v1" = "${modules}" }\n}`)
  .join('\n')}
`;

const withoutQuestions = ([command = '', ...args]: string[]): string[] => [
  command,
  ...(['init', 'plan', 'apply', 'destroy', 'import', 'refresh'].includes(command)
    ? ['-no-color', '-input=false']
    : []),
  ...(['apply', 'destroy'].includes(command) ? ['-auto-approve'] : []),
  ...args,
];

function makeRoot(folder: string, files: Record<string, string>): string {
  const root = mkdtempSync(join(folder, 'root-'));
  symlinkSync(join(ROOT, 'modules'), join(root, 'modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function readAccounts(folder: string): Promise<Resource[]> {
  if (!existsSync(folder)) return [];
  const files = [
    ...new Glob('*/*/*/*.json').scanSync({
      cwd: folder,
      absolute: true,
      throwErrorOnBrokenSymlink: false,
    }),
  ];
  const resources = files.sort().map(async (file) => ({
    account: basename(dirname(dirname(dirname(file)))),
    file,
    ...(await Bun.file(file).json()),
  }));
  return Promise.all(resources);
}

if (import.meta.main) await buildProgram();
