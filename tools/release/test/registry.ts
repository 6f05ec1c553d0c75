import { join } from 'node:path';

const CRANE = join(import.meta.dir, '../../crane/crane');

// Installed before any test, whose time is limited.
for (const tool of [CRANE, join(import.meta.dir, '../../cosign/cosign')])
  if (!Bun.spawnSync([tool, 'version'], { stdio: ['ignore', 'ignore', 'inherit'] }).success)
    throw new Error(`${tool} can't be run`);

export interface Registry extends AsyncDisposable {
  /** Its address, such as `127.0.0.1:41235`. */
  readonly host: string;
  /** Every tag as often as it was pushed, such as `/v2/hello/manifests/1.0.0`; not those that cosign keeps signatures by. */
  readonly pushedTags: () => readonly string[];
}

/** A registry of images on loopback, in memory, until it is disposed of. */
export const startRegistry = async (): Promise<Registry> => {
  const child = Bun.spawn([CRANE, 'registry', 'serve', '--address', '127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const reader = child.stderr.getReader();
  const decoder = new TextDecoder();
  let said = '';
  let port: string | undefined;
  while (!port) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the registry ended: ${said}`);
    said += decoder.decode(value);
    [, port] = /serving on port (\d+)/.exec(said) ?? [];
  }
  // What it logs is read, or it would block.
  const drained = (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      said += decoder.decode(value, { stream: true });
    }
  })();
  return {
    host: `127.0.0.1:${port}`,
    pushedTags: () =>
      [...said.matchAll(/ PUT (\S+\/manifests\/(?!sha256-)[\w.-]+)$/gm)].map(
        ([, path]) => path ?? '',
      ),
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child.exited;
      await drained;
    },
  };
};
