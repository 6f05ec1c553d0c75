import { expect, test } from 'bun:test';
import { version } from '../../package.json' with { type: 'json' };
import { builtVersion, versionLine } from '../src/version.ts';
import { useServices } from './services.ts';

const services = useServices();

for (const runtime of ['bun', 'deno'] as const)
  test(`SERVICE_VERSION and SERVICE_COMMIT are in log, metrics and API documents, on ${runtime}`, async () => {
    const environment = { SERVICE_VERSION: '1.2.3-rc.4+5', SERVICE_COMMIT: '1a2b3c4' };
    const { baseUrl, managementUrl, output } = await services.start({ runtime, environment });
    const [line] = output().split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ version: '1.2.3-rc.4+5', commit: '1a2b3c4' });
    const { info } = (await (await fetch(`${baseUrl}/openapi/json`)).json()) as {
      info: { version: string };
    };
    expect(info.version).toBe('1.2.3-rc.4+5');
    expect(await (await fetch(`${managementUrl}/metrics`)).text()).toContain(
      'hello_build_info{version="1.2.3-rc.4+5",commit="1a2b3c4",runtime="',
    );
  }, 30_000);

test('without them the version is that of the package', async () => {
  expect(builtVersion).toEqual({ version, commit: 'unknown' });
  expect(versionLine({})).toBe(`hello ${version} (commit unknown)`);
  expect(versionLine({ SERVICE_VERSION: '2.0.0', SERVICE_COMMIT: 'abc' })).toBe(
    'hello 2.0.0 (commit abc)',
  );
});
