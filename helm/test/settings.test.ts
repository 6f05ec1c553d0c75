import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, Settings } from '../../service/src/config.ts';
import { certificates } from '../../service/test/support/certificates.ts';
import { settingsOf } from '../../tools/kubernetes/objects.ts';
import {
  CHART,
  environments,
  renderChart,
  TIMEOUT_MILLISECONDS,
  valuesFiles,
} from '../../tools/kubernetes/render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const folder = mkdtempSync(join(tmpdir(), 'hello-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Files as the pods have them, for settings that name one. */
const FILES: Record<string, string> = {
  DATABASE_CREDENTIALS_FILE: JSON.stringify({ username: 'hello', password: 'secret' }),
  DATABASE_CA_FILE: certificates().authority,
};

test.each(environments)('the service takes its settings in %s', async (environment) => {
  const settings = settingsOf(await renderChart({ files: valuesFiles(environment) }));
  for (const [name, text] of Object.entries(FILES)) {
    if (!settings[name]) continue;
    settings[name] = join(folder, name);
    writeFileSync(join(folder, name), text);
  }
  expect(loadConfig(settings)).toMatchObject({ port: 8000, managementPort: 9000, host: '::' });
});

test.each(environments)(
  'pods of %s drain as long as the service does by itself',
  async (environment) => {
    const settings = settingsOf(await renderChart({ files: valuesFiles(environment) }));
    for (const name of ['DRAIN_DELAY', 'SHUTDOWN_TIMEOUT'] as const)
      expect([name, settings[name]]).toEqual([name, String(Settings.properties[name].default)]);
  },
);

test('every setting of the service is one of `settings`, or what another value decides', async () => {
  const schema = await Bun.file(join(CHART, 'values.schema.json')).json();
  const open = Object.keys(schema.properties.settings.properties);
  const decided = Object.keys(settingsOf(await renderChart({ files: valuesFiles('prod') })));
  const known = Object.keys(Settings.properties);
  expect(known.filter((name) => !open.includes(name) && !decided.includes(name))).toEqual([]);
  expect(open.filter((name) => decided.includes(name) || !known.includes(name))).toEqual([]);
});
