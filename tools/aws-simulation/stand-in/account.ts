/** The simulated account as the stand-in reads and writes it; the provider's side is ../account/account.go. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What AWS refuses: the aws command ends with status 254. */
export class ServiceError extends Error {
  constructor(code: string, operation: string, message: string) {
    super(
      `An error occurred (${code}) when calling the ${operation.split('.')[1]} operation: ${message}`,
    );
  }
}

// biome-ignore lint/suspicious/noExplicitAny: as many shapes as types.
export type Attributes = Record<string, any>;

export interface Stored {
  type: string;
  id: string;
  region: string;
  made_by?: string;
  made_by_type?: string;
  attributes: Attributes;
  write_only?: Record<string, string>;
}

export class Account {
  constructor(
    readonly folder: string,
    readonly id: string,
    /** Where the call goes. */
    readonly region: string,
  ) {}

  /** Fails where the settings of faults say that the region or the call does. */
  reach(operation: string): void {
    const file = join(this.folder, 'faults.json');
    const { gone = [], deny = [] } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    const service = operation.split('.')[0];
    if (gone.includes(this.region)) {
      throw new ServiceError(
        'EndpointConnectionError',
        operation,
        `Could not connect to the endpoint URL: "https://${service}.${this.region}.amazonaws.com/"`,
      );
    }
    if (deny.some((pattern: string) => new Bun.Glob(pattern).match(operation))) {
      throw new ServiceError(
        'AccessDeniedException',
        operation,
        `not authorized to perform ${operation}`,
      );
    }
  }

  /** Resources of a type, in the region of the call or another; `*` is all. */
  find(type: string, region = this.region): Stored[] {
    const pattern = new Bun.Glob(`${region}/${type}/*.json`);
    const root = join(this.folder, this.id);
    if (!existsSync(root)) return [];
    return [...pattern.scanSync({ cwd: root })]
      .sort()
      .map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')));
  }

  put(resource: Stored): void {
    const file = this.file(resource);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.part`, JSON.stringify(resource, null, 2));
    renameSync(`${file}.part`, file);
  }

  remove(resource: Stored): void {
    rmSync(this.file(resource));
  }

  /** The file that Go's url.PathEscape names. */
  private file({ region, type, id }: Stored): string {
    const name = encodeURIComponent(id).replace(/%(24|26|2B|3A|3D|40)/g, (code) =>
      decodeURIComponent(code),
    );
    return join(this.folder, this.id, region, type, `${name}.json`);
  }
}
