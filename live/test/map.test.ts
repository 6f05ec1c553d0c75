import { beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { findUnits, type Unit } from '../../tools/affected-units.ts';
import { rehearse } from '../../tools/rehearsal.ts';
import { withSection } from '../../tools/section.ts';
import { drawLayers, drawUnits, needs } from './map.ts';
import { ENVIRONMENTS, LIMIT } from './tree.ts';

setDefaultTimeout(LIMIT);

const PAGE = join(import.meta.dir, '../../docs/live.md');

let units: Unit[];
beforeAll(async () => {
  await using copy = await rehearse();
  units = await findUnits(copy.folder);
});

test('docs/live.md draws the units that are there (MAP=write writes them)', async () => {
  const page = await Bun.file(PAGE).text();
  let right = withSection(page, 'layers', `\`\`\`mermaid\n${drawLayers(units)}\n\`\`\``);
  for (const environment of Object.keys(ENVIRONMENTS))
    right = withSection(
      right,
      environment,
      `\`\`\`mermaid\n${drawUnits(units, environment)}\n\`\`\``,
    );
  if (process.env.MAP === 'write') await Bun.write(PAGE, right);
  else expect(page).toBe(right);
});

test('its table has each unit with what it needs', async () => {
  const rows = [
    ...(await Bun.file(PAGE).text()).matchAll(/^\| `((?:shared|app)\/\w+)`: [^|]+\|([^|]*)\|/gm),
  ].map(([, unit = '', cell = '']): [string, string[]] => [
    unit,
    [...cell.matchAll(/`([^`]+)`/g)].map(([, needed = '']) => needed).sort(),
  ]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(needs(units)));
});
