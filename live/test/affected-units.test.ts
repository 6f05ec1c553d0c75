/** Which units a change reaches. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { affectedUnits, findUnits } from '../../tools/affected-units.ts';
import { type Rehearsal, rehearse } from '../../tools/rehearsal.ts';
import { LIMIT } from './tree.ts';

setDefaultTimeout(LIMIT);

let all: string[];
beforeAll(async () => {
  await using copy = await rehearse();
  all = (await findUnits(copy.folder)).map(({ path }) => path).sort();
});

const unitsWith = (pattern: RegExp): string[] => all.filter((path) => pattern.test(path));

type Change = readonly [
  title: string,
  change: (copy: Rehearsal) => unknown,
  changed: () => string[],
  removed?: () => string[],
];

/** A module whose code another one calls. */
const nest = async ({ folder, edit, commit }: Rehearsal): Promise<void> => {
  await Bun.write(join(folder, 'modules/shared/part/main.tf'), 'locals {}\n');
  await edit(
    'modules/shared/dns/main.tf',
    (text) => `${text}\nmodule "part" {\n  source = "../part"\n}\n`,
  );
  await commit('A module in a module');
};

const append = ({ edit }: Rehearsal, file: string) => edit(file, (text) => `${text}\n# More.\n`);

const CHANGES: readonly Change[] = [
  [
    'a page, a page and a test of a module: none',
    async (copy) => {
      await append(copy, 'docs/aws.md');
      await append(copy, 'modules/shared/dns/README.md');
      await Bun.write(join(copy.folder, 'modules/shared/dns/tests/new.test.ts'), '');
    },
    () => [],
  ],
  [
    'modules, a file changed, one new, one gone, a function changed: those that are made of them',
    async (copy) => {
      await append(copy, 'modules/shared/network/main.tf');
      await Bun.write(join(copy.folder, 'modules/shared/dns/more.tf'), '');
      rmSync(join(copy.folder, 'modules/app/record/provider.tf'));
      await append(copy, 'modules/app/database/rotation/roles.sql');
    },
    () => unitsWith(/\/(network|dns|record|database)$/),
  ],
  [
    'a module that a module calls: those that are made of either',
    async (copy) => {
      await nest(copy);
      await append(copy, 'modules/shared/part/main.tf');
    },
    () => unitsWith(/\/dns$/),
  ],
  [
    'what a unit passes, and an environment: that unit everywhere, and all of the environment',
    async (copy) => {
      await append(copy, 'stacks/units/shared/network.hcl');
      await append(copy, 'live/dev/environment.hcl');
    },
    () => unitsWith(/^dev\/|\/network$/),
  ],
  [
    'what functions are packed from: those that have one',
    (copy) => append(copy, 'bun.lock'),
    () => unitsWith(/\/(alerting|edge|app\/database)$/),
  ],
  ['root.hcl: all', (copy) => append(copy, 'live/root.hcl'), () => all],
  [
    'the list of units, and of regions, of which one is gone: it, and who knows the region',
    async ({ folder, edit }) => {
      await edit('stacks/global/app/terragrunt.stack.hcl', (text) =>
        text.replace(/\nunit "alarms" \{[^}]*\}\n/, ''),
      );
      rmSync(join(folder, 'live/prod/eu-central-1'), { recursive: true });
    },
    () => unitsWith(/^prod\/(eu-west-1|global)\/(?!app\/alarms)|^prod\/eu-west-1\/app\/alarms/),
    () => unitsWith(/^prod\/eu-central-1\/|global\/app\/alarms$/),
  ],
];

describe('a change reaches, of', () => {
  for (const [title, change, changed, removed = () => []] of CHANGES)
    test(title, async () => {
      await using copy = await rehearse();
      await change(copy);
      expect(await affectedUnits(copy.folder, 'HEAD')).toEqual({
        changed: changed(),
        removed: removed(),
      });
    });
});
