/**
 * What plans do, for a pull request: `bun tools/plan/summary.ts FOLDER` reads every `<unit>.json` below it, each by
 * `tofu show -json`, and prints Markdown. Sensitive values and numbers of accounts are left out.
 */

import { join } from 'node:path';
import { Glob } from 'bun';
import {
  type Effect,
  effectsOf,
  mockedInputs,
  type Plan,
  readPlan,
  shown,
  withoutAccounts,
} from './plan.ts';

/** What happens to a resource, the gravest first. */
const KINDS = [
  { kind: 'destroy', of: ['delete'] },
  { kind: 'replace', of: ['delete,create', 'create,delete'] },
  { kind: 'forget', of: ['forget'] },
  { kind: 'change', of: ['update'] },
  { kind: 'create', of: ['create'] },
  { kind: 'import', of: [] },
  { kind: 'move', of: ['no-op'] },
] as const;

/** Characters that a comment on GitHub may have, less some for what stands around. */
const LIMIT = 60_000;

/** Attributes of a changed resource that are named at most. */
const NAMED = 8;

const kindOf = ({ actions, importedId }: Effect): string =>
  importedId !== undefined && actions.join() === 'no-op'
    ? 'import'
    : (KINDS.find(({ of }) => (of as readonly string[]).includes(actions.join(',')))?.kind ??
      actions.join(' and '));

/** Text in a cell of a table, as code: nothing in it is Markdown. */
const code = (text: string): string =>
  `\`${withoutAccounts(text).replaceAll('`', "'").replaceAll('|', '¦').replaceAll('\n', ' ')}\``;

const whatChanges = (effect: Effect): string => {
  const kind = kindOf(effect);
  if (kind === 'move') return `from ${code(effect.previousAddress ?? '')}`;
  if (kind === 'import') return code(effect.importedId || 'not known yet');
  if (kind === 'replace') return `because of ${effect.replacedBy.map(code).join(', ')}`;
  if (kind !== 'change') return '';
  const paths = [...new Set([...effect.before.keys(), ...effect.after.keys()])];
  const changed = paths.filter(
    (path) =>
      effect.before.get(path)?.value !== effect.after.get(path)?.value &&
      // An empty list or map that gets, or loses, what is named below it.
      !paths.some((other) => other.startsWith(`${path}.`)),
  );
  const lines = changed
    .slice(0, NAMED)
    .map(
      (path) =>
        `${code(path)}: ${code(shown(effect.before.get(path)))} → ${code(shown(effect.after.get(path)))}`,
    );
  if (changed.length > NAMED) lines.push(`and ${changed.length - NAMED} more`);
  return lines.join('<br>');
};

/** A unit's part of the summary. */
const unitSummary = (unit: string, plan: Plan): string => {
  const effects = effectsOf(plan).toSorted(
    (one, other) => rank(one) - rank(other) || one.address.localeCompare(other.address),
  );
  const resources = effects.filter(({ address }) => !address.startsWith('output.'));
  const counts = KINDS.flatMap(({ kind }) => {
    const count = resources.filter((effect) => kindOf(effect) === kind).length;
    return count > 0 ? `${count} to ${kind}` : [];
  });
  const mocked = mockedInputs(plan);
  return [
    `### ${unit}: ${counts.join(', ') || (effects.length > 0 ? 'outputs alone' : 'nothing')}`,
    ...(mocked.length > 0
      ? [
          '',
          `**Made on mocks** of what isn't applied yet: ${mocked.map(code).join(', ')}. It is planned again before it is applied.`,
        ]
      : []),
    ...(effects.length > 0 ? ['', '| | resource | what |', '|---|---|---|'] : []),
    ...effects.map(
      (effect) => `| ${kindOf(effect)} | ${code(effect.address)} | ${whatChanges(effect)} |`,
    ),
  ].join('\n');
};

const rank = (effect: Effect): number => KINDS.findIndex(({ kind }) => kind === kindOf(effect));

/** The summary of the plans of units. */
export const summary = (plans: ReadonlyMap<string, Plan>): string => {
  if (plans.size === 0) return 'No unit is affected.\n';
  const parts = [...plans].map(([unit, plan]) => unitSummary(unit, plan));
  const kept = parts.filter((_, index) => parts.slice(0, index + 1).join('\n\n').length <= LIMIT);
  const left = parts.length - kept.length;
  if (left > 0) kept.push(`${left} units are left out: they would be too long for a comment.`);
  return `${kept.join('\n\n')}\n`;
};

if (import.meta.main) {
  const [folder, ...others] = process.argv.slice(2);
  if (!folder || others.length > 0) {
    console.error('usage: bun tools/plan/summary.ts FOLDER');
    process.exit(2);
  }
  const plans = new Map<string, Plan>();
  for (const file of [...new Glob('**/*.json').scanSync({ cwd: folder })].toSorted())
    plans.set(file.replace(/\.json$/, ''), await readPlan(join(folder, file)));
  process.stdout.write(summary(plans));
}
