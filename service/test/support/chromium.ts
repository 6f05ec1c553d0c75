import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const onSystem = (): string | undefined =>
  NAMES.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined;

/** Installs Debian's package, which takes root. */
const install = (): void => {
  if (process.getuid?.() !== 0 || !Bun.which('apt-get')) return;
  console.error('Installing chromium from Debian with apt-get');
  const apt = (...command: string[]) =>
    Bun.spawnSync(['apt-get', '-qq', ...command], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
    }).exitCode === 0;
  const add = () => apt('install', '--yes', '--no-install-recommends', 'chromium');
  if (!add() && apt('update')) add();
};

const find = (): string | undefined => {
  if (!onSystem()) install();
  return onSystem();
};

const executable = find();

/** Why there is no Chromium on this machine, if so. */
export const chromiumMissing = executable
  ? undefined
  : `there is none of ${NAMES.join(', ')}; install Chromium (Debian: chromium)`;

/** Starts Chromium without a window; the caller closes it. */
export const startChromium = (args: string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: executable, timeout: 60_000, args });
