/**
 * A stand-in for Sigstore's public services on loopback: an authority that gives a certificate to whoever shows a token
 * (Fulcio), and a log of what was signed (Rekor), with the trusted root that says so. cosign signs and verifies with it
 * as it does with the real ones.
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import {
  fulcioHandler,
  type HandlerFn,
  initializeCA,
  initializeCTLog,
  initializeTLog,
} from '@sigstore/mock';

export interface Sigstore extends AsyncDisposable {
  /** What cosign's `--signing-config` and `--trusted-root` take. */
  readonly signingConfig: string;
  readonly trustedRoot: string;
}

/** Who may sign, as GitHub tells it: a workflow at a ref. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
}

/** A token with claims, which the stand-in takes without a signature. */
export const tokenOf = (claims: Claims): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return [
    part({ alg: 'RS256', typ: 'JWT' }),
    part({ aud: 'sigstore', iat: now, nbf: now - 60, exp: now + 600, ...claims }),
    Buffer.from('unsigned').toString('base64url'),
  ].join('.');
};

const keyPair = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve });

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** What Rekor keeps of a proposed DSSE entry: hashes in place of the envelope, signatures with their certificates. */
const keptEntry = (proposal: {
  spec: { proposedContent: { envelope: string; verifiers: string[] } };
}): object => {
  const { envelope, verifiers } = proposal.spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope);
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: { algorithm: 'sha256', value: sha256(envelope).toString('hex') },
      payloadHash: {
        algorithm: 'sha256',
        value: sha256(Buffer.from(payload, 'base64')).toString('hex'),
      },
      signatures: signatures.map(({ sig }: { sig: string }, index: number) => ({
        signature: sig,
        verifier: verifiers[index],
      })),
    },
  };
};

/** Serves the stand-in until it is disposed of; its two files are written into a folder. */
export const startSigstore = async (folder: string): Promise<Sigstore> => {
  const ctLog = await initializeCTLog(keyPair());
  const authority = await initializeCA(keyPair('P-384'), ctLog);
  const log = await initializeTLog('https://rekor.test', keyPair());
  const fulcio = fulcioHandler(authority);

  const answer = async (fn: HandlerFn, body: string): Promise<Response> => {
    const { statusCode, response, contentType } = await fn(body);
    return new Response(response as string, {
      // Fulcio says 200 where the mock says 201.
      status: statusCode === 201 ? 200 : statusCode,
      headers: { 'content-type': contentType ?? 'text/plain' },
    });
  };
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      [fulcio.path]: {
        POST: async (request: Request) => {
          // cosign shows its token in the header, the mock reads it in the body.
          const oidcIdentityToken = request.headers.get('authorization')?.replace('Bearer ', '');
          const body = (await request.json()) as object;
          return answer(fulcio.fn, JSON.stringify({ ...body, credentials: { oidcIdentityToken } }));
        },
      },
      '/api/v1/log/entries': {
        POST: async (request: Request) => {
          const entry = await log.log(keptEntry((await request.json()) as never));
          const [uuid] = Object.keys(entry);
          return Response.json(entry, {
            status: 201,
            headers: { etag: uuid ?? '', location: `/api/v1/log/entries/${uuid}` },
          });
        },
      },
    },
    fetch: () => new Response(null, { status: 404 }),
  });

  const url = server.url.origin;
  const validFor = { start: new Date(Date.now() - 60_000).toISOString() };
  const service = { url, majorApiVersion: 1, validFor, operator: 'test' };
  const signingConfig = join(folder, 'signing-config.json');
  await Bun.write(
    signingConfig,
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      caUrls: [service],
      oidcUrls: [service],
      rekorTlogUrls: [service],
      rekorTlogConfig: { selector: 'ANY' },
      tsaUrls: [],
      tsaConfig: { selector: 'ANY' },
    }),
  );
  const logOf = (publicKey: Uint8Array) => ({
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: Buffer.from(publicKey).toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor,
    },
    logId: { keyId: sha256(publicKey).toString('base64') },
  });
  const certificate = authority.rootCertificate;
  const trustedRoot = join(folder, 'trusted-root.json');
  await Bun.write(
    trustedRoot,
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [logOf(log.publicKey)],
      certificateAuthorities: [
        {
          subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
          uri: url,
          certChain: {
            certificates: [{ rawBytes: Buffer.from(certificate as Uint8Array).toString('base64') }],
          },
          validFor,
        },
      ],
      ctlogs: [logOf(ctLog.publicKey)],
      timestampAuthorities: [],
    }),
  );
  return {
    signingConfig,
    trustedRoot,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
};
