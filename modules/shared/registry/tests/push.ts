import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ISSUER, SIGNER } from '../../../../tools/promote/signature.ts';
import { publish } from '../../../../tools/release/publish.ts';
import { writeImage } from '../../../../tools/release/test/images.ts';
import { startRegistry } from '../../../../tools/release/test/registry.ts';
import { startSigstore, tokenOf } from '../../../../tools/release/test/sigstore.ts';
import type { Manifest } from './lifecycle.ts';

interface Index {
  readonly manifests?: readonly { readonly digest: string }[];
}

/** What a release pushes under one tag, `build`, in the order in which a registry takes it. */
export const pushOf = async (): Promise<Manifest[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-push-'));
  try {
    await using registry = await startRegistry();
    await using sigstore = await startSigstore(folder);
    const digest = writeImage(folder, '1.0.0');
    await publish(
      folder,
      `${registry.host}/service`,
      ['build'],
      [
        ...['--trusted-root', sigstore.trustedRoot, '--signing-config', sigstore.signingConfig],
        ...['--identity-token', tokenOf({ iss: ISSUER, sub: SIGNER })],
      ],
    );
    const read = async (path: string) => {
      const response = await fetch(`http://${registry.host}/v2/service/${path}`);
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
      return response;
    };
    const tagged = await Promise.all(
      ((await (await read('tags/list')).json()) as { tags: string[] }).tags.map(async (tag) => {
        const response = await read(`manifests/${tag}`);
        const { manifests = [] } = (await response.json()) as Index;
        return {
          tag,
          digest: response.headers.get('docker-content-digest') ?? '',
          manifests: manifests.map((each) => each.digest),
        };
      }),
    );
    // This registry has no list of what belongs to an image, so that cosign keeps one as a tag; ECR has
    // (https://docs.aws.amazon.com/AmazonECR/latest/userguide/images.html).
    const lists = tagged.filter(({ tag }) => tag.startsWith('sha256-'));
    const images = tagged.filter((each) => !lists.includes(each));
    const index = images.find((each) => each.digest === digest);
    const order = [...(index?.manifests ?? []), digest];
    return [
      ...order.map((each) => ({
        digest: each,
        tags: images.filter((image) => image.digest === each).map(({ tag }) => tag),
        manifests: each === digest ? index?.manifests : undefined,
      })),
      ...lists.flatMap(({ tag, manifests }) =>
        manifests.map((each) => ({ digest: each, tags: [], subject: tag.replace('-', ':') })),
      ),
    ].map((manifest, pushed) => ({ ...manifest, pushed }));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** A repository after many pushes, the oldest first; the whole image of some got another tag, by their number. */
export const pushedOften = (
  push: readonly Manifest[],
  times: number,
  tags: Readonly<Record<number, string>>,
): Manifest[][] =>
  Array.from({ length: times }, (_, build) =>
    push.map((manifest) => ({
      digest: `${manifest.digest}/${build}`,
      tags: [
        ...manifest.tags.map((tag) => `${tag}${build}`),
        ...(manifest.manifests && tags[build] ? [tags[build]] : []),
      ],
      pushed: build * push.length + manifest.pushed,
      manifests: manifest.manifests?.map((each) => `${each}/${build}`),
      subject: manifest.subject && `${manifest.subject}/${build}`,
    })),
  );
