/**
 * Keeps the image that an environment runs from the registry's lifecycle: `bun tools/promote/keep.ts dev` gives it a tag
 * `deployed-<12 digits of its digest>`, whose images never expire (modules/shared/registry).
 */
import { join } from 'node:path';
import { run } from '../../service/image/run.ts';
import { digestAt } from '../release/publish.ts';
import { imageOf, NO_DIGEST, PROMOTED } from './environment.ts';

const CRANE = join(import.meta.dir, '../crane/crane');

const [name, ...others] = process.argv.slice(2);
const environment = PROMOTED.find((one) => one === name);
if (!environment || others.length > 0) {
  console.error(`usage: bun tools/promote/keep.ts ${PROMOTED.join(' | ')}`);
  process.exit(2);
}
const { repository, digest } = await imageOf(environment);
if (digest === NO_DIGEST) {
  console.log(`${environment} runs no image yet`);
  process.exit(0);
}
const tag = `deployed-${digest.slice('sha256:'.length).slice(0, 12)}`;
const present = await digestAt(`${repository}:${tag}`);
if (present && present !== digest)
  throw new Error(`${repository}:${tag} is ${present}, ${environment} runs ${digest}`);
if (!present) await run([CRANE, 'tag', `${repository}@${digest}`, tag]);
console.log(`${repository}:${tag} stays`);
