/**
 * Names each value that a fork has to set and hasn't: `bun run missing`. Ends with 1 when one is, with 0 when none.
 * What only GitHub knows, such as the variables of its environments, is in docs/delivery-setup.md.
 */
import { join } from 'node:path';
import { git } from './git.ts';

const ROOT = join(import.meta.dir, '..');

/** Where values of a fork stand. */
const PLACES = [
  'package.json',
  'SECURITY.md',
  '.github/CODEOWNERS',
  'gitops',
  'kustomize',
  ':!*/test/*',
  'helm/hello/values',
  'helm/hello/values.yaml',
  'live/*.hcl',
];

/** What stands there until it is set, and what to set. */
const PLACEHOLDERS: readonly [RegExp, string][] = [
  [/github\.com\/example\//, 'the address of your repository'],
  [
    /owner = "example"|owner_id = 1234\b|\bid = 5678\b/,
    "your repository with its IDs, which `gh api repos/OWNER/NAME --jq '.owner.id, .id'` tells",
  ],
  [/example\.com\/hello\/docs/, 'where people of yours read docs/'],
  [/@example\//, 'a team of your organisation'],
  [
    /registry\.example\.com/,
    'the registry: ACCOUNT.dkr.ecr.ORIGIN_REGION.amazonaws.com/hello/service',
  ],
  [
    /database\.[a-z-]*\.?example\.com/,
    'the host of the database: an output of REGION/app/database, once that is applied: `global_endpoint`, or `endpoint` where it is null',
  ],
  [
    /principal_arn.*(111122223333|444455556666):role\/platform"/,
    'a role that is there, of those who administer the cluster',
  ],
  [/(111122223333|444455556666)/, 'the number of your AWS account'],
  [/subscriptions = \{\}/, 'whom alarms tell, or they ring nobody'],
  [/\bexample\.com/, 'a domain of yours'],
];

const missing: string[] = [];
const files = await git(ROOT, 'ls-files', '--', ...PLACES);
for (const file of files.split('\n').filter(Boolean)) {
  const lines = (await Bun.file(join(ROOT, file)).text()).split('\n');
  const found = lines.flatMap((line, index) => {
    const [, set] = PLACEHOLDERS.find(([placeholder]) => placeholder.test(line)) ?? [];
    return set ? [{ set, where: `${file}:${index + 1}: ${line.trim()}` }] : [];
  });
  for (const [set, [first, ...others] = []] of Map.groupBy(found, ({ set }) => set))
    missing.push(
      `${first?.where}
  set ${set}${others.length > 0 ? `, in ${1 + others.length} lines of the file` : ''}`,
    );
}

for (const one of missing) console.log(one);
console.log(missing.length > 0 ? `${missing.length} values are to be set` : 'nothing is missing');
process.exit(missing.length > 0 ? 1 : 0);
