import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Login } from '../support/database-server.ts';
import { temporaryFolder } from '../support/server.ts';

/** A folder as Kubernetes mounts a secret: the file is a link into a folder that is a link, which an update replaces. */
export const mountCredentials = (login: Login) => {
  const { path, remove } = temporaryFolder();
  let version = 0;
  const write = ({ user, password }: Login): void => {
    const folder = `..version-${version++}`;
    mkdirSync(join(path, folder));
    writeFileSync(
      join(path, folder, 'credentials.json'),
      JSON.stringify({ username: user, password }),
    );
    symlinkSync(folder, join(path, '..data-next'));
    renameSync(join(path, '..data-next'), join(path, '..data'));
    rmSync(join(path, `..version-${version - 2}`), { recursive: true, force: true });
  };
  write(login);
  symlinkSync(join('..data', 'credentials.json'), join(path, 'credentials.json'));
  return { file: join(path, 'credentials.json'), write, remove };
};
