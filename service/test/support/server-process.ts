import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { untilUp } from './database-server.ts';
import { type GuardedFolder, giveAway, UNPRIVILEGED } from './guarded-folder.ts';
import { hasEnded } from './processes.ts';

export interface ServerProcessOptions {
  readonly folder: GuardedFolder;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends it as an operator would. */
  readonly stopSignal: NodeJS.Signals;
  /** Rejects until the server answers a query. */
  isUp(): Promise<unknown>;
}

/** A database server's process, which can be started again after it ended. Its output is the file `log` of the folder. */
export class ServerProcess {
  readonly #options: ServerProcessOptions;
  #child: Bun.Subprocess | undefined;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get exited(): Promise<number> {
    return this.#running.exited;
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** Starts it, unless it runs; resolves when it answers a query. */
  async start(): Promise<void> {
    const { isUp } = this.#options;
    const child = this.#child && !hasEnded(this.#child) ? this.#child : this.#spawned();
    this.#child = child;
    await untilUp(child, isUp, () => this.log.slice(-2_000));
  }

  async stop(): Promise<void> {
    this.#running.kill(this.#options.stopSignal);
    await this.#running.exited;
  }

  /** Ends it with SIGKILL, but no process that it started. */
  async kill9(): Promise<void> {
    this.#running.kill('SIGKILL');
    await this.#running.exited;
  }

  #spawned(): Bun.Subprocess {
    const { folder, command, environment } = this.#options;
    const output = openSync(this.#logFile, 'a');
    const child = Bun.spawn([...command], {
      cwd: folder.path,
      env: { ...process.env, ...environment },
      stdio: ['ignore', output, output],
      ...UNPRIVILEGED,
    });
    child.unref();
    closeSync(output);
    folder.guard(child.pid);
    return child;
  }

  get #running(): Bun.Subprocess {
    if (!this.#child) throw new Error('the server does not run');
    return this.#child;
  }

  get #logFile(): string {
    return join(this.#options.folder.path, 'log');
  }
}

/** Writes the files `server.crt` and `server.key`, which the server's user alone may read. */
export const writeCertificate = (
  folder: string,
  { certificate, key }: { readonly certificate: string; readonly key: string },
): void => {
  for (const [name, content] of Object.entries({ 'server.crt': certificate, 'server.key': key })) {
    writeFileSync(join(folder, name), content);
    giveAway(join(folder, name), 0o600);
  }
};
