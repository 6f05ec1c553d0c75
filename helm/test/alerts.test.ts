import { expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackedPackages } from '../../service/test/support/debian-packages.ts';
import { ofKind } from '../../tools/kubernetes/objects.ts';
import { renderChart, TIMEOUT_MILLISECONDS, valuesFiles } from '../../tools/kubernetes/render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

/** Prometheus's own program, installed or unpacked. */
const findPromtool = (): string | undefined => {
  const installed = Bun.which('promtool');
  const folder = installed ? undefined : unpackedPackages('prometheus');
  return installed ?? (folder && join(folder, 'usr/bin/promtool'));
};

const promtool = findPromtool();

/** An hour of a pod with a request a second, of which `failing` of four end with a 5xx. */
const series = (pod: string, failing: number) =>
  Object.entries({ '2xx': 4 - failing, '5xx': failing }).map(([status, share]) => ({
    series: `http_request_duration_seconds_count{job="hello/hello",namespace="hello",pod="${pod}",status="${status}"}`,
    values: `0+${15 * share}x60`,
  }));

/** Runs the alerts over pods that fail as often as said; the output of promtool when not just `alerts` fire. */
const check = async (failing: readonly number[], alerts: readonly string[]): Promise<string> => {
  const [rule] = ofKind(await renderChart({ files: valuesFiles('prod') }), 'PrometheusRule');
  const unitTest = {
    rule_files: ['rules.json'],
    tests: [
      {
        interval: '1m',
        input_series: failing.flatMap((share, index) => series(`hello-${index}`, share)),
        promql_expr_test: [
          {
            expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: '1h',
            exp_samples: alerts.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
          },
        ],
      },
    ],
  };
  const folder = mkdtempSync(join(tmpdir(), 'alerts-'));
  try {
    await Bun.write(join(folder, 'rules.json'), JSON.stringify(rule?.spec));
    await Bun.write(join(folder, 'test.json'), JSON.stringify(unitTest));
    const { exitCode, stdout, stderr } = Bun.spawnSync(
      [promtool ?? '', 'test', 'rules', 'test.json'],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return exitCode === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

if (promtool) {
  test('a pod that is ready but fails most requests is noticed among others that serve', async () => {
    const alerts = ['HelloErrorBudgetBurnsFast', 'HelloErrorBudgetBurnsSlowly'];
    expect(await check([3, 0, 0, 0, 0, 0], alerts)).toBe('');
  });

  test('pods that serve raise no alert', async () => expect(await check([0, 0, 0], [])).toBe(''));
} else test.skip('alerts: there is no promtool (Debian: prometheus)', () => {});
