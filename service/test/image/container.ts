import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownArchitecture } from '../../image/architecture.ts';
import { IMAGE_CONFIG } from '../../image/config.ts';
import { USER } from '../../image/files.ts';
import { buildFolder } from '../support/binary.ts';
import { image, unpackLayers } from './build.ts';

/** As runtimes set it. */
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const IS_ROOT = process.getuid?.() === 0;

/**
 * Does as a container runtime: makes the folder $1 the read-only root of what follows, with $2 for /data, the file $3,
 * if any, for the certificate authorities, and what every runtime mounts; then becomes the rest.
 */
const ENTER = `
set -e
root=$1 data=$2 authorities=$3
shift 3
mount --bind "$root" "$root"
cd "$root"
mount --bind "$data" data
mount --rbind /proc proc
mount -t tmpfs -o size=64k,mode=755 tmpfs dev
for device in full null random urandom zero; do
  touch dev/$device
  mount --bind /dev/$device dev/$device
done
for file in hosts resolv.conf; do mount --bind /etc/$file etc/$file; done
[ -z "$authorities" ] || mount --bind "$authorities" etc/ssl/certs/ca-certificates.crt
mount -o remount,bind,ro "$root"
exec "$@"
`;

/** Becomes the image's user, whose root is a folder. */
const asUser = (root: string): string[] =>
  IS_ROOT
    ? ['chroot', `--userspec=${IMAGE_CONFIG.User}`, '--groups=', root]
    : ['unshare', '--user', `--map-user=${USER}`, `--map-group=${USER}`, `--root=${root}`];

const NAMESPACE = ['unshare', ...(IS_ROOT ? [] : ['--map-root-user']), '--mount'];

/** Why no container can be run on this machine, if so. */
export const containerMissing = ((): string | undefined => {
  if (process.platform !== 'linux') return `there are no containers on ${process.platform}`;
  if (!Bun.which('unshare')) return 'there is no unshare (Debian: util-linux)';
  const { exitCode, stderr } = Bun.spawnSync([
    ...NAMESPACE,
    ...['sh', '-c', 'mount --bind /proc /proc && mount -t tmpfs tmpfs /tmp'],
  ]);
  return exitCode === 0 ? undefined : `namespaces are refused: ${stderr.toString().trim()}`;
})();

export interface Container {
  /** The image's files, which nothing may change. */
  readonly root: string;
  /** What is at `/data`. */
  readonly data: string;
  /** The command that runs the image, or another argument than its own, with settings beside the image's. */
  command(options?: ContainerOptions): string[];
}

export interface ContainerOptions {
  readonly argument?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** PEM certificates that are mounted over those of the image. */
  readonly authorities?: string;
}

/** Unpacks the image of this machine's processor. */
export const container = async (): Promise<Container> => {
  const folder = buildFolder();
  const root = join(folder, 'root');
  await unpackLayers(await image(), ownArchitecture(), root);
  // Where runtimes mount.
  for (const name of ['proc', 'dev']) mkdirSync(join(root, name));
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  for (const name of ['hosts', 'resolv.conf', 'ssl/certs/ca-certificates.crt'])
    writeFileSync(join(root, 'etc', name), '');
  const data = join(folder, 'data');
  mkdirSync(data);
  if (IS_ROOT) chownSync(data, USER, USER);
  return {
    root,
    data,
    command: ({ argument = IMAGE_CONFIG.Cmd.join(' '), environment = {}, authorities } = {}) => {
      const file = authorities === undefined ? '' : join(folder, `${crypto.randomUUID()}.crt`);
      if (authorities !== undefined) writeFileSync(file, authorities);
      return [
        ...[...NAMESPACE, '--propagation', 'private'],
        ...['sh', '-c', ENTER, 'sh', root, data, file],
        ...['env', '-i', PATH, ...IMAGE_CONFIG.Env],
        ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
        ...[...asUser(root), ...IMAGE_CONFIG.Entrypoint, argument],
      ];
    },
  };
};
