import { test } from 'bun:test';
import { missingSources } from '../../tools/aws-simulation/sources.ts';

const missing = await missingSources();

/** A test that needs the code of terraform-aws-modules; skipped where it can't be had. */
export const testWithSources: (title: string, run: () => Promise<void>, limit: number) => void =
  missing.length === 0
    ? test
    : (title) => test.skip(`${title}: module sources unreachable: ${missing.join(', ')}`, () => {});
