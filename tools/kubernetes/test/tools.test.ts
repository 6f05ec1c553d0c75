import { expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasKubectl, runTool, TIMEOUT_MILLISECONDS } from '../render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const TOOLS = join(import.meta.dir, '../..');

/** The version of a module that a tool's go.mod pins. */
const pinned = (tool: string, module: string): string =>
  new RegExp(`${module} (v\\S+)`).exec(readFileSync(join(TOOLS, tool, 'go.mod'), 'utf8'))?.[1] ??
  '';

const helm = pinned('helm', 'helm.sh/helm/v4');
const kustomize = pinned('kustomize', 'sigs.k8s.io/kustomize/kustomize/v5');

test(`Helm is ${helm}, unpacked or built`, async () => {
  expect(helm).not.toBe('');
  expect(await runTool('helm/helm', ['version', '--short'])).toStartWith(helm);
});

test(`Kustomize is ${kustomize}`, async () => {
  expect(await runTool('kustomize/kustomize', ['version'])).toBe(`${kustomize}\n`);
});

test.skipIf(!hasKubectl)(`kubectl's Kustomize is ${kustomize} too`, async () => {
  const version = await runTool('kubectl/kubectl', ['version', '--client']);
  expect(version).toContain(`Kustomize Version: ${kustomize}\n`);
});
