/** A fork with its values set, images promoted and a version released: the tests that read such values pass there as here. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { testLong } from '../../live/test/long.ts';
import { LIMIT } from '../../live/test/tree.ts';
import { partOf, testFiles } from '../parts.ts';
import { setDigest } from '../promote/environment.ts';
import { type Rehearsal, rehearse } from '../rehearsal.ts';
import { tellSomething } from '../release/test/unreleased.ts';
import { FORK, setValues } from './fork.ts';

setDefaultTimeout(LIMIT);

/** Takes seconds, and reads values of every kind. */
const LIGHT = [
  'gitops/test/application-sets.test.ts',
  'kustomize/test/overlays.test.ts',
  'tools/release/test/versions.test.ts',
  'tools/test/missing.test.ts',
  'tools/test/owners.test.ts',
];

/** The parts whose tests read the values; of `live` only some, since the whole takes minutes. */
const READS_VALUES = /^(kubernetes|delivery)$/;
const OF_LIVE = /^live\/test\/(map|units|growth|settings)\./;

let clone: Rehearsal;

beforeAll(async () => {
  clone = await rehearse();
  await setValues(clone, FORK);
  await setDigest('dev', `sha256:${'d0'.repeat(32)}`, clone.folder);
  await setDigest('prod', `sha256:${'a0'.repeat(32)}`, clone.folder);
  await tellSomething(clone);
  await clone.commit('Set the values, and run images');
  // A number that others have too.
  expect(await clone.run('release', ['1.0.0'])).toMatchObject({ status: 0 });
});
afterAll(() => clone[Symbol.asyncDispose]());

const passes = async (files: readonly string[]): Promise<void> => {
  const { status, errors } = await clone.bun(
    [
      'test',
      '--randomize',
      '--only-failures',
      '--timeout=90000',
      ...files.map((file) => `./${file}`),
    ],
    { LIVE: '' },
  );
  expect([status, status === 0 ? '' : errors]).toEqual([0, '']);
  expect(errors).toContain(` across ${files.length} files.`);
};

test('the light tests pass in a fork', () => passes(LIGHT));

testLong(
  'all tests of Kubernetes and of delivery pass in a fork, and some of live/',
  async () =>
    passes(
      (await testFiles()).filter(
        (file) =>
          (READS_VALUES.test(partOf(file)) && file !== 'tools/test/fork.test.ts') ||
          OF_LIVE.test(file),
      ),
    ),
  LIMIT,
);
