import { testUnless, WITHOUT_SOURCES } from '../../modules/tests/sources.ts';

/** Why tests of all of production don't run here; empty when they do. */
export const NOT_LONG =
  process.env.LIVE === 'long' ? WITHOUT_SOURCES : 'it takes minutes, make test-live runs it';

/** A test that takes minutes; one of `make test-live`. */
export const testLong = testUnless(NOT_LONG);

/** The longest that such a test waits on a busy machine, in milliseconds. */
export const LONG_LIMIT = 3_600_000;
