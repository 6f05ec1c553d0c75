import { test } from 'bun:test';
import { SIMULATED } from '../../tools/aws-simulation/simulation.ts';
import { missingSources } from '../../tools/aws-simulation/sources.ts';

const missing = SIMULATED ? await missingSources() : [];
const reason = !SIMULATED
  ? 'it needs the simulated account'
  : missing.length > 0 && `module sources unreachable: ${missing.join(', ')}`;
if (reason) console.log(`skipped: ${reason}`);

/** A test that applies the code of terraform-aws-modules in the simulated account; skipped where that can't be had. */
export const testWithSources: (title: string, run: () => Promise<void>, limit: number) => void =
  reason ? (title) => test.skip(`${title}: ${reason}`, () => {}) : test;
