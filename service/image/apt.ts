import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from './architecture.ts';
import { run, UnavailableError } from './run.ts';

export const DEFAULT_MIRROR = 'http://deb.debian.org';

export interface AptOptions {
  /** For apt's lists and the packages it downloads. */
  readonly folder: string;
  /** Such as `http://deb.debian.org`; where this machine's apt finds Debian, unless given. */
  readonly mirror?: string;
  /** Such as `debian trixie`. */
  readonly suites: readonly string[];
  readonly architecture: Architecture;
}

/**
 * An apt-get with the signed lists of these suites and a state of its own, in which nothing is installed; needs no root.
 * @throws UnavailableError when there is no apt, or the lists can't be fetched
 */
export const startApt = async (options: AptOptions): Promise<readonly string[]> => {
  for (const tool of ['apt-get', 'dpkg-deb'])
    if (!Bun.which(tool))
      throw new UnavailableError(
        `${tool} is missing: it comes with Debian and systems derived from it`,
      );
  const { folder, mirror = await configuredMirror(), suites, architecture } = options;
  for (const name of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, name), { recursive: true });
  const [sourceList, status] = [join(folder, 'sources.list'), join(folder, 'status')];
  writeFileSync(sourceList, suites.map((suite) => `deb ${mirror}/${suite} main\n`).join(''));
  writeFileSync(status, '');
  const settings = {
    'Dir::Etc::sourcelist': sourceList,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': status,
    'Dir::Cache': join(folder, 'cache'),
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': '',
    'APT::Update::Error-Mode': 'any',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Retries': '2',
  };
  const apt = [
    'apt-get',
    '-qq',
    ...Object.entries(settings).map(([name, value]) => `-o=${name}=${value}`),
  ];
  await run([...apt, 'update']).catch((error: Error) => {
    throw new UnavailableError(
      `can't fetch the lists of Debian from ${mirror}; DEBIAN_MIRROR sets another mirror (${error.message})`,
    );
  });
  return apt;
};

const configuredMirror = async (): Promise<string> => {
  const targets = await run(['apt-get', 'indextargets', '--format', '$(REPO_URI)']);
  const [, mirror] = /^(https?:.+)\/debian\/?$/m.exec(new TextDecoder().decode(targets)) ?? [];
  return process.env.DEBIAN_MIRROR || mirror || DEFAULT_MIRROR;
};
