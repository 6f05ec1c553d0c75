/** Podman from Debian, in namespaces of its own: its networks, mounts and processes end with this process. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnavailableError } from '../../image/run.ts';
import { buildFolder } from '../support/binary.ts';
import { unpackedSuite } from '../support/debian-suite.ts';

/** Fixed, so that the same podman runs whatever Debian this machine has. */
const SUITE = 'trixie';

const PACKAGES = [
  'podman',
  'runc',
  'netavark',
  'nftables',
  'iproute2',
  'mount',
  'coreutils',
  'dash',
  'sed',
] as const;

const CONFIGURATION = `
[containers]
# Below what a container of machines without systemd may set.
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
# crun needs cgroups that not every machine gives away.
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

/** Makes the folder $1 a root in $2, with $3 and what follows mounted at the same paths; then says so and waits. */
const ENTER = `
set -e
packages=$1 state=$2
shift 2
root=$state/root
mkdir "$root" "$state/upper" "$state/work"
mount -t overlay overlay -o "lowerdir=$state/files:$packages,upperdir=$state/upper,workdir=$state/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
for folder in "$state" "$@"; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done
mount --bind "$state/storage" "$root/var/lib/containers"
cd "$root"
mkdir before
# Not chroot, since what enters a container's namespaces later would come out above it.
pivot_root . before
umount -l before
ip link set lo up
echo ready
exec cat >/dev/null
`;

const NAMESPACES = ['unshare', '--net', '--mount', '--propagation', 'private', '--pid', '--fork'];

const packages = (): Promise<string> => unpackedSuite(SUITE, PACKAGES, []);

/** Why podman can't be run on this machine, if so. */
export const podmanMissing = await (async (): Promise<string | undefined> => {
  if (process.platform !== 'linux') return `there are no containers on ${process.platform}`;
  if (process.getuid?.() !== 0) return 'it takes root';
  for (const tool of ['unshare', 'nsenter', 'pivot_root', 'apt-get', 'dpkg-deb'])
    if (!Bun.which(tool)) return `${tool} is missing`;
  const { exitCode, stderr } = Bun.spawnSync([
    ...NAMESPACES,
    ...['sh', '-c', 'mount -t tmpfs tmpfs /tmp'],
  ]);
  if (exitCode !== 0) return `namespaces are refused: ${stderr.toString().trim()}`;
  try {
    await packages();
  } catch (error) {
    if (error instanceof UnavailableError) return error.message;
    throw error;
  }
})();

export interface Output {
  readonly status: number;
  readonly output: string;
}

export interface Podman extends AsyncDisposable {
  /** A folder that has the same path within. */
  readonly folder: string;
  /** Runs a command of the shell, such as `podman run hello`. */
  run(command: string): Promise<Output>;
  /** Asks a server at a published port, once it listens. */
  ask(url: string, options?: { method: string; body: unknown }): Promise<Output>;
}

/** @param folders what podman sees at the same paths, beside its own folder */
export const startPodman = async (folders: readonly string[]): Promise<Podman> => {
  const folder = buildFolder();
  mkdirSync(join(folder, 'storage'));
  // What Debian's own scripts would make of the packages, above them.
  const files = join(folder, 'files');
  for (const name of ['proc', 'sys', 'dev', 'run', 'tmp', 'var/tmp', 'var/lib/containers'])
    mkdirSync(join(files, name), { recursive: true });
  writeRoot(files);
  mkdirSync(join(files, 'etc/containers'));
  writeFileSync(join(files, 'etc/containers/containers.conf'), CONFIGURATION);
  const holder = Bun.spawn(
    [...NAMESPACES, '--kill-child', 'sh', '-c', ENTER, 'sh', await packages(), folder, ...folders],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const { value } = await holder.stdout.getReader().read();
  if (!value) throw new Error("podman's namespaces can't be entered");
  const children = await Bun.file(`/proc/${holder.pid}/task/${holder.pid}/children`).text();
  const target = `--target=${children.trim()}`;

  const within = async (command: readonly string[]): Promise<Output> => {
    const child = Bun.spawn(['nsenter', target, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/root',
        PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
      },
    });
    const [output, errors, status] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { status, output: status === 0 ? output : output + errors };
  };
  const run = (command: string) => within(['--mount', '--net', '--pid', 'sh', '-c', command]);

  return {
    folder,
    run,
    ask: (url, options) =>
      within(['--net', process.execPath, '-e', ASK, url, JSON.stringify(options ?? {})]),
    [Symbol.asyncDispose]: async () => {
      await run('podman rm --all --force --time 0');
      await run(
        'for cgroups in /sys/fs/cgroup /sys/fs/cgroup/*; do rmdir $cgroups/libpod_parent/conmon $cgroups/libpod_parent; done',
      );
      holder.stdin.end();
      await holder.exited;
    },
  };
};

/** Prints the body, with the response's status as its own. */
const ASK = `
  const [url, options] = process.argv.slice(-2);
  const { method, body } = JSON.parse(options);
  const headers = { 'Content-Type': 'application/json' };
  for (const end = Date.now() + 30_000; ; await Bun.sleep(100))
    try {
      // Until the port is forwarded, nothing answers at it.
      const signal = AbortSignal.timeout(5000);
      const response = await fetch(url, { method, headers, body: body && JSON.stringify(body), signal });
      console.log(response.status, await response.text());
      break;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
`;

/** What every root has, and links as Debian has them. */
export const writeRoot = (folder: string): void => {
  for (const name of ['etc', 'root', 'tmp', 'usr'])
    mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64'])
    Bun.spawnSync(['ln', '-s', `usr/${name}`, join(folder, name)]);
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\n');
};
