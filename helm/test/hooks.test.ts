import { expect, setDefaultTimeout, test } from 'bun:test';
import { isHook } from '../../tools/kubernetes/objects.ts';
import {
  CHART,
  renderChart,
  runTool,
  TIMEOUT_MILLISECONDS,
} from '../../tools/kubernetes/render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const BASE_PATH = '/greetings';

test('the test of a release asks below the base path', async () => {
  const hooks = (await renderChart({ values: { settings: { BASE_PATH } } })).filter(isHook);
  const [pod] = hooks.filter(({ kind }) => kind === 'Pod');
  expect(pod?.spec.containers[0].command.join()).toContain(`http://hello:80${BASE_PATH}/hello/`);
});

test('a release without pods has no test', async () => {
  expect((await renderChart({ values: { replicaCount: 0 } })).filter(isHook)).toEqual([]);
});

/** What Helm tells after an installation. */
const notes = async (...set: string[]): Promise<string> => {
  const told = await runTool('helm/helm', [
    ...['install', 'hello', CHART, '--namespace', 'hello', '--dry-run=client'],
    ...set.flatMap((value) => ['--set', value]),
  ]);
  return told.slice(told.indexOf('NOTES:'));
};

test('the notes lead to the greeting below the base path', async () => {
  const text = await notes(`settings.BASE_PATH=${BASE_PATH}`);
  expect(text).toContain(`http://hello.local${BASE_PATH}/hello/Casey`);
  expect(text).toContain(`curl http://127.0.0.1:8000${BASE_PATH}/hello/Casey`);
});

test('the notes of a release without pods lead to none', async () => {
  const text = await notes('replicaCount=0');
  expect(text).toContain('No pod runs');
  expect(text).not.toContain('port-forward');
});
