import { chmodSync, chownSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Who database servers run as; they refuse to be root. */
export const UNPRIVILEGED: { uid?: number; gid?: number } =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Gives a file or folder to the user that database servers run as. */
export const giveAway = (path: string, mode: number): void => {
  chmodSync(path, mode);
  if (UNPRIVILEGED.uid !== undefined && UNPRIVILEGED.gid !== undefined)
    chownSync(path, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
};

/**
 * Waits for the end of standard input, which comes when this process ends in any way, SIGKILL and Ctrl-C among them;
 * then kills the server whose process id is in `pid` and removes the folder.
 */
const GUARDIAN = `
trap '' INT TERM HUP
cat >/dev/null
[ -s "$1/pid" ] && kill -KILL "$(cat "$1/pid")" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf "$1" 2>/dev/null && break
  sleep 0.2
done
`;

export interface GuardedFolder {
  readonly path: string;
  /** Tells the process that must not outlive this one. */
  guard(pid: number): void;
  /** Kills that process and removes the folder, as happens by itself when this process ends. */
  remove(): Promise<void>;
}

/** A temporary folder, of a server for example, which neither of them outlives this process. */
export const guardedFolder = (parent = tmpdir()): GuardedFolder => {
  const path = mkdtempSync(join(parent, 'hello-test-'));
  giveAway(path, 0o755);
  const guardian = Bun.spawn(['sh', '-c', GUARDIAN, 'sh', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.unref();
  return {
    path,
    guard: (pid) => writeFileSync(join(path, 'pid'), `${pid}\n`),
    remove: async () => {
      await guardian.stdin.end();
      await guardian.exited;
    },
  };
};
