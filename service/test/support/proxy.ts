import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** Passes everything on, as at first; connections that a black hole holds stay in it until they are reset. */
  restore(): void;
  /** Passes everything on, each piece so much later. */
  delay(milliseconds: number): void;
  /** Cuts each connection once the server has sent so many more bytes on it, in the middle of a packet. */
  cutAfter(bytes: number): void;
  /** Swallows everything, also what would have ended a connection. */
  blackHole(): void;
  /** Ends every connection at once with a reset. */
  reset(): void;
  /** How many connections clients have open. */
  connectionCount(): number;
  close(): void;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** How many bytes of the server may still pass. */
  left: number;
}

/** A TCP proxy on a free port of 127.0.0.1 in front of another port there, with faults to order. */
export const startProxy = async (targetPort: number): Promise<Proxy> => {
  const pairs = new Set<Pair>();
  let hole = false;
  let wait = 0;
  let limit = Number.POSITIVE_INFINITY;

  const end = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  };
  const cut = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  };
  const pass = (to: Socket, bytes: Uint8Array): void => {
    if (hole) return;
    if (wait === 0) to.write(bytes);
    else setTimeout(() => to.destroyed || to.write(bytes), wait);
  };
  const passToClient = (pair: Pair, bytes: Uint8Array): void => {
    const allowed = bytes.subarray(0, pair.left);
    pair.left -= allowed.length;
    if (allowed.length === bytes.length) pass(pair.client, bytes);
    else pair.client.write(allowed, () => cut(pair));
  };
  const listener = createServer((client) => {
    const server = connect(targetPort, '127.0.0.1');
    const pair = { client, server, left: limit };
    pairs.add(pair);
    client.on('data', (bytes: Buffer) => pass(server, bytes));
    server.on('data', (bytes: Buffer) => passToClient(pair, bytes));
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
    }
    // A client that gives up is gone for good; that the server did, a black hole keeps to itself.
    client.on('close', () => end(pair));
    server.on('close', () => {
      if (!hole) setTimeout(() => end(pair), wait);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  return {
    port,
    restore: () => {
      hole = false;
      wait = 0;
      limit = Number.POSITIVE_INFINITY;
      for (const pair of pairs) pair.left = limit;
    },
    delay: (milliseconds) => {
      wait = milliseconds;
    },
    cutAfter: (bytes) => {
      limit = bytes;
      for (const pair of pairs) pair.left = bytes;
    },
    blackHole: () => {
      hole = true;
    },
    reset: () => {
      for (const pair of [...pairs]) cut(pair);
    },
    connectionCount: () => pairs.size,
    close: () => {
      listener.close();
      for (const pair of [...pairs]) end(pair);
    },
  };
};
