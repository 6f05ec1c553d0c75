import { test } from 'bun:test';
import { SIMULATED } from '../../tools/aws-simulation/simulation.ts';
import { missingSources } from '../../tools/aws-simulation/sources.ts';

const missing = SIMULATED ? await missingSources() : [];
/** Why such tests can't run here; empty when they can. */
export const WITHOUT_SOURCES = !SIMULATED
  ? 'it needs the simulated account'
  : missing.length > 0
    ? `module sources unreachable: ${missing.join(', ')}`
    : '';
if (WITHOUT_SOURCES) console.log(`skipped: ${WITHOUT_SOURCES}`);

type Test = (title: string, run: () => Promise<void>, limit: number) => void;

/** A test, or, where there is a reason against it, one that is skipped and says so. */
export const testUnless = (reason: string): Test =>
  reason ? (title) => test.skip(`${title}: ${reason}`, () => {}) : test;

/** A test that applies the code of terraform-aws-modules in the simulated account; skipped where that can't be had. */
export const testWithSources: Test = testUnless(WITHOUT_SOURCES);
