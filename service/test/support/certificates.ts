import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bits,
  boolean,
  integer,
  objectIdentifier,
  octets,
  sequence,
  set,
  tagged,
  text,
  time,
} from './der.ts';

/** PEM texts. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Certificates {
  /** Who signed every certificate but `otherAuthority`. */
  readonly authority: string;
  /** For localhost and 127.0.0.1. */
  readonly right: Certificate;
  /** For another host. */
  readonly wrongName: Certificate;
  /** For localhost and 127.0.0.1, signed by somebody else. */
  readonly otherAuthority: Certificate;
  /** For localhost and 127.0.0.1, until yesterday. */
  readonly expired: Certificate;
}

const DAY = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const LOCALHOST = { names: ['localhost'], address: [127, 0, 0, 1] };

interface Authority {
  readonly name: string;
  readonly key: KeyObject;
}

interface Subject {
  readonly names: readonly string[];
  readonly address?: readonly number[];
  readonly until?: number;
}

let made: Certificates | undefined;

/** Certificates for the servers of the tests, made anew in each run. */
export const certificates = (): Certificates => {
  made ??= make();
  return made;
};

const make = (): Certificates => {
  const { certificate: authority, signer } = newAuthority('Test authority');
  const { signer: other } = newAuthority('Another authority');
  return {
    authority,
    right: issue(signer, LOCALHOST),
    wrongName: issue(signer, { names: ['database.example'] }),
    otherAuthority: issue(other, LOCALHOST),
    expired: issue(signer, { ...LOCALHOST, until: Date.now() - DAY }),
  };
};

const newAuthority = (name: string) => {
  const { publicKey, privateKey } = newKeys();
  const signer = { name, key: privateKey };
  const mayIssue = extension('2.5.29.19', sequence(boolean(true)));
  const certificate = signed(signer, name, publicKey, [mayIssue], Date.now() + DAY);
  return { certificate, signer };
};

const issue = (authority: Authority, { names, address, until = Date.now() + DAY }: Subject) => {
  const { publicKey, privateKey } = newKeys();
  const alternatives = sequence(
    ...names.map((name) => tagged(2, Buffer.from(name), true)),
    ...(address ? [tagged(7, Buffer.from(address), true)] : []),
  );
  const extensions = [extension('2.5.29.17', alternatives)];
  return {
    certificate: signed(authority, names[0] ?? '', publicKey, extensions, until),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

const extension = (identifier: string, content: Uint8Array): Buffer =>
  sequence(objectIdentifier(identifier), octets(content));

const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(objectIdentifier('2.5.4.3'), text(commonName))));

/** An X.509 certificate of version 3 (RFC 5280). */
const signed = (
  authority: Authority,
  subject: string,
  publicKey: KeyObject,
  extensions: readonly Buffer[],
  until: number,
): string => {
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(authority.name),
    sequence(time(new Date(until - 9 * DAY)), time(new Date(until))),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions)),
  );
  const der = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, authority.key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
};
