/** A runbook's steps, whose commands are run as the page has them, in one shell's folder and variables. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from '../../tools/collect.ts';

export interface Step {
  readonly title: string;
  /** The blocks of commands under that title. */
  readonly blocks: readonly string[];
}

/** The steps of a page that have commands. */
export const readSteps = (page: string): Step[] =>
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      title: section.split('\n')[0] ?? '',
      blocks: [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block),
    }))
    .filter(({ blocks }) => blocks.length > 0);

export interface Shell extends Disposable {
  /** Runs a block; what it said. Throws with that when a command fails, which ends the block. */
  readonly run: (block: string) => Promise<string>;
}

/** A shell that keeps its folder and exported variables from block to block. */
export const openShell = (folder: string, environment: Record<string, string>): Shell => {
  const kept = mkdtempSync(join(tmpdir(), 'hello-shell-'));
  const script = (block: string) => `
    set -euo pipefail
    [ ! -f "${kept}/variables" ] || . "${kept}/variables"
    ${block}
    export -p > "${kept}/variables"`;
  return {
    run: async (block) => {
      const { status, output, errors } = await collect(['bash', '-c', script(block)], {
        cwd: folder,
        env: { ...process.env, ...environment },
      });
      const said = output + errors;
      if (status !== 0) throw new Error(`${block}\n${said.slice(-20_000)}`);
      return said;
    },
    [Symbol.dispose]: () => rmSync(kept, { recursive: true }),
  };
};
