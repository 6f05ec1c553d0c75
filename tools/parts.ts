import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './git.ts';

const ROOT = join(import.meta.dir, '..');

/** The parts of `make test` that can run side by side, the longest first: each test file is in one, by its path. */
export const PARTS = [
  'service',
  'live',
  'modules',
  'delivery',
  'simulation',
  'kubernetes',
] as const;

export type Part = (typeof PARTS)[number];

/** How many parts run at a time: two cores are busy then, also while the service's tests wait for a limit to end. */
export const LANES = 3;

/** The parts whose tests plan and apply in the simulated AWS. */
export const SIMULATED: readonly Part[] = ['modules', 'live', 'simulation'];

/** The part whose tests measure seconds; all others give way to it. */
export const TIMED: Part = 'service';

const FOLDERS: readonly [RegExp, Part][] = [
  [/^service\//, 'service'],
  [/^(helm|kustomize|gitops|tools\/kubernetes)\//, 'kubernetes'],
  [/^modules\//, 'modules'],
  [/^tools\/aws-simulation\//, 'simulation'],
  [/^(live|stacks|tools\/(plan|simulate))\//, 'live'],
];

export const partOf = (file: string): Part =>
  FOLDERS.find(([folder]) => folder.test(file))?.[1] ?? 'delivery';

/** Every test file, as Git lists them: a walk would meet folders that running tests take away. */
export const testFiles = async (): Promise<readonly string[]> => {
  const words = ['ls-files', '--cached', '--others', '--exclude-standard', '*.test.ts'];
  const listed = (await git(ROOT, ...words)).split('\n');
  return listed.filter((file) => file !== '' && existsSync(join(ROOT, file)));
};

/** The tools that the tests of each part call, with a call that installs them and does nothing else. */
export const TOOLS: readonly { tool: readonly [string, ...string[]]; parts: readonly Part[] }[] = [
  { tool: ['helm/helm', 'version'], parts: ['kubernetes', 'delivery'] },
  { tool: ['kustomize/kustomize', 'version'], parts: ['kubernetes', 'live', 'delivery'] },
  { tool: ['kubernetes-schemas/unpacked'], parts: ['kubernetes'] },
  { tool: ['charts/unpacked'], parts: ['kubernetes'] },
  { tool: ['application-sets/expand'], parts: ['kubernetes', 'live'] },
  { tool: ['opentofu/tofu', 'version'], parts: SIMULATED },
  { tool: ['terragrunt/terragrunt', '--version'], parts: SIMULATED },
  { tool: ['glua/glua', '-v'], parts: ['modules'] },
  { tool: ['tflint/tflint', '--version'], parts: ['modules'] },
  { tool: ['checkov/checkov', '--version'], parts: ['modules'] },
  { tool: ['actionlint/actionlint', '--version'], parts: ['delivery'] },
  { tool: ['zizmor/zizmor', '--version'], parts: ['delivery'] },
  { tool: ['crane/crane', 'version'], parts: ['delivery'] },
  { tool: ['cosign/cosign', 'version'], parts: ['delivery'] },
  { tool: ['osv-scanner/osv-scanner', '--version'], parts: ['delivery'] },
  { tool: ['renovate/renovate', '--version'], parts: ['delivery'] },
];
