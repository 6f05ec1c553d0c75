/**
 * Publishes the version of a tag, in a clone at its commit:
 *   bun tools/release/tagged.ts v1.4.0 IMAGE_REPOSITORY CHART_REPOSITORY
 * The image of the commit, built and signed when main got it, gets the version as a tag; the chart, and what each overlay
 * renders, are pushed and signed. Again, it completes what broke off: what is there with the same content is passed over.
 * build/release gets the notes, the chart and what each overlay renders.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { run } from '../../service/image/run.ts';
import { git } from '../git.ts';
import { environments, overlayOf, overlayText } from '../kubernetes/render.ts';
import { packageChart } from '../package-chart.ts';
import { verifySignature } from '../promote/signature.ts';
import { notesOf, versionBefore } from './changelog.ts';
import { figures, manifestOf } from './figures.ts';
import { pushManifests } from './manifests.ts';
import { digestAt, isMissing, sigstoreOf } from './publish.ts';

const ROOT = join(import.meta.dir, '../..');
const BUILD = join(ROOT, 'build/release');
const tool = (name: string): string => join(ROOT, 'tools', name, name);

/** Registries on loopback, which tests have, speak HTTP. */
const plainHttp = (repository: string): string[] =>
  repository.startsWith('127.0.0.1:') ? ['--plain-http'] : [];

const image = async (repository: string, version: string): Promise<string> => {
  const commit = await git(ROOT, 'rev-parse', 'HEAD');
  const digest = await digestAt(`${repository}:${commit}`);
  if (!digest)
    throw new Error(
      `${repository}:${commit} is not there: run again once the workflow "image" has built it`,
    );
  await verifySignature({ repository, digest });
  if (await isMissing(`${repository}:${version}`, digest))
    await run([tool('crane'), 'tag', `${repository}@${digest}`, version]);
  return digest;
};

const sign = async (image: string): Promise<void> => {
  await run([tool('cosign'), 'sign', '--yes', ...sigstoreOf(process.env), image]);
};

/** The digest of a chart in the registry; undefined when it isn't there. */
const pushedChart = async (reference: string, archive: string): Promise<string | undefined> => {
  const digest = await digestAt(reference);
  if (!digest) return undefined;
  const content = createHash('sha256')
    .update(await Bun.file(archive).bytes())
    .digest('hex');
  const { layers } = await manifestOf(reference);
  if (!layers?.some((layer) => layer.digest === `sha256:${content}`))
    throw new Error(`${reference} is there, and another chart`);
  return digest;
};

const chart = async (repository: string, version: string): Promise<string> => {
  const archive = packageChart(join(ROOT, 'helm/hello'), BUILD);
  const reference = `${repository}/hello:${version}`;
  if (!(await pushedChart(reference, archive)))
    await run([tool('helm'), 'push', archive, `oci://${repository}`, ...plainHttp(repository)]);
  const digest = await pushedChart(reference, archive);
  if (!digest) throw new Error(`${reference} was pushed and is not there`);
  await sign(`${repository}/hello@${digest}`);
  return digest;
};

const manifests = async (
  repository: string,
  version: string,
  renders: Readonly<Record<string, string>>,
): Promise<string> => {
  const [commit, created] = (await git(ROOT, 'log', '-1', '--format=%H %ct')).split(' ');
  const identity = { version, commit: commit ?? '', created: Number(created) };
  const digest = await pushManifests(
    join(BUILD, 'oci'),
    `${repository}/manifests`,
    identity,
    renders,
  );
  await sign(`${repository}/manifests@${digest}`);
  return digest;
};

const publishTagged = async (
  tag: string,
  imageRepository: string,
  chartRepository: string,
): Promise<void> => {
  const { version } = packageJson;
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, package.json says ${version}`);
  const changelog = await Bun.file(join(ROOT, 'CHANGELOG.md')).text();
  const notes = notesOf(changelog, version);
  rmSync(BUILD, { recursive: true, force: true });
  mkdirSync(BUILD, { recursive: true });
  const renders: Record<string, string> = {};
  for (const environment of environments)
    renders[environment] = await overlayText(overlayOf(environment));
  for (const [environment, text] of Object.entries(renders))
    await Bun.write(join(BUILD, `hello-${environment}.yaml`), text);
  const digests = [
    `Image: \`${imageRepository}@${await image(imageRepository, version)}\``,
    `Chart: \`${chartRepository}/hello@${await chart(chartRepository, version)}\``,
    `Manifests: \`${chartRepository}/manifests@${await manifests(chartRepository, version, renders)}\``,
  ];
  const before = versionBefore(changelog, version);
  const parts = [notes, digests.join('\\\n'), await figures(imageRepository, version, before)];
  await Bun.write(join(BUILD, 'notes.md'), `${parts.join('\n\n')}\n`);
};

const [tag, imageRepository, chartRepository, ...others] = process.argv.slice(2);
if (!tag || !imageRepository || !chartRepository || others.length > 0) {
  console.error('usage: bun tools/release/tagged.ts TAG IMAGE_REPOSITORY CHART_REPOSITORY');
  process.exit(2);
}
await publishTagged(tag, imageRepository, chartRepository).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
