import { testWithSources } from '../../modules/tests/sources.ts';
import { LIMIT } from './tree.ts';

/** One test of steps that need each other, since tests are shuffled; a failure names its step. */
export const testInOrder = (
  environment: string,
  steps: readonly (readonly [title: string, step: () => Promise<void>])[],
  make = testWithSources,
): void =>
  make(
    `${environment} ${steps.map(([title]) => title).join('; ')}`,
    async () => {
      for (const [title, step] of steps)
        await step().catch((cause) => {
          throw new Error(`${environment} ${title}: ${cause.message}`, { cause });
        });
    },
    steps.length * LIMIT,
  );
