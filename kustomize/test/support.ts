import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const KUSTOMIZE = join(import.meta.dir, '..');

/** Runs with a copy of `kustomize/`, in which it may change what it likes. */
export const withCopy = async <Result>(use: (copy: string) => Promise<Result>): Promise<Result> => {
  const copy = mkdtempSync(join(tmpdir(), 'hello-kustomize-'));
  try {
    for (const folder of ['base', 'components', 'overlays'])
      cpSync(join(KUSTOMIZE, folder), join(copy, folder), { recursive: true });
    return await use(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
};

/** Adds an environment to a copy: a folder with one file. */
export const addOverlay = (copy: string, name: string, kustomization: string): string => {
  const folder = join(copy, 'overlays', name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'kustomization.yaml'), kustomization);
  return folder;
};

export const overlays = (): string[] => readdirSync(join(KUSTOMIZE, 'overlays')).toSorted();
