import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import type { ConnectOptions } from './connection.ts';

/** TLS for a connection, or undefined for none. */
export const tlsOptions = ({ address, ca }: ConnectOptions): ConnectionOptions | undefined => {
  if (address.tls === 'disable') return undefined;
  return {
    ca,
    rejectUnauthorized: address.tls !== 'require',
    checkServerIdentity:
      address.tls === 'verify-full'
        ? (_, certificate) => checkServerIdentity(address.host, certificate)
        : () => undefined,
  };
};
