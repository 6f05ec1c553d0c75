import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Passes everything on at once, as at first. */
  restore(): void;
  /** Passes everything on, each piece so much later. */
  delay(milliseconds: number): void;
  /** Cuts each connection once the server has sent so many more bytes on it, in the middle of a packet. */
  cutAfter(bytes: number): void;
  /** Holds everything back, also the end of a connection, until `restore`. */
  blackHole(): void;
  /** The next connection on which a client sends this text is held back for ever from then on. */
  silenceAt(text: string): void;
  /** Whether it was sent. */
  isSilencing(): boolean;
  /** Ends every connection at once with a reset. */
  reset(): void;
  /** How many pieces were delayed or held back, and connections cut, so far. */
  faultCount(): number;
  /** How many connections clients have open. */
  connectionCount(): number;
  close(): void;
}

/** A TCP proxy on a free port of 127.0.0.1 in front of another port there, with faults to order. */
export const startProxy = async (targetPort: number): Promise<TcpProxy> => {
  const pairs = new Set<Pair>();
  const network = new Network();
  const listener = createServer((client) => {
    const pair = new Pair(client, connect(targetPort, '127.0.0.1'), network);
    pairs.add(pair);
    pair.client.on('close', () => pairs.delete(pair));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    restore: () => {
      network.restore();
      for (const pair of pairs) pair.left = network.limit;
    },
    delay: (milliseconds) => {
      network.wait = milliseconds;
    },
    cutAfter: (bytes) => {
      network.limit = bytes;
      for (const pair of pairs) pair.left = bytes;
    },
    blackHole: () => network.hold(),
    silenceAt: (text) => {
      network.silencedBy = text;
    },
    isSilencing: () => network.silencedBy === undefined,
    reset: () => {
      for (const pair of pairs) pair.cut(network);
    },
    faultCount: () => network.faults,
    connectionCount: () => pairs.size,
    close: () => {
      listener.close();
      network.restore();
      for (const pair of pairs) pair.cut(network);
    },
  };
};

/** The state that all connections share. */
class Network {
  wait = 0;
  limit = Number.POSITIVE_INFINITY;
  silencedBy: string | undefined;
  faults = 0;
  #hole: PromiseWithResolvers<void> | undefined;

  hold(): void {
    this.#hole ??= Promise.withResolvers();
  }

  restore(): void {
    this.wait = 0;
    this.limit = Number.POSITIVE_INFINITY;
    this.#hole?.resolve();
    this.#hole = undefined;
  }

  /** Resolves when something that is sent now gets there. */
  async arrival(): Promise<void> {
    if (this.wait > 0 || this.#hole) this.faults++;
    if (this.wait > 0) await Bun.sleep(this.wait);
    while (this.#hole) await this.#hole.promise;
  }
}

/** A client's connection and the one to the server. */
class Pair {
  /** How many bytes of the server may still pass. */
  left: number;
  #isSilent = false;

  constructor(
    readonly client: Socket,
    readonly server: Socket,
    network: Network,
  ) {
    this.left = network.limit;
    this.#pass(client, network, (bytes) => this.#toServer(bytes, network), server);
    this.#pass(server, network, (bytes) => this.#toClient(bytes, network), client);
  }

  cut(network: Network): void {
    network.faults++;
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  /** What `from` sends arrives in order, its end last. */
  #pass(from: Socket, network: Network, write: (bytes: Buffer) => void, to: Socket): void {
    let last = Promise.resolve();
    const afterwards = (action: () => void) => {
      const arrival = network.arrival();
      last = last.then(() => arrival).then(action);
    };
    from.setNoDelay(true);
    from.on('error', () => {});
    from.on('data', (bytes: Buffer) => afterwards(() => to.destroyed || write(bytes)));
    from.on('close', () => afterwards(() => to.destroySoon()));
  }

  #toServer(bytes: Buffer, network: Network): void {
    if (network.silencedBy && bytes.includes(network.silencedBy)) {
      network.silencedBy = undefined;
      this.#isSilent = true;
    }
    if (!this.#isSilent) this.server.write(bytes);
  }

  #toClient(bytes: Buffer, network: Network): void {
    if (this.#isSilent) return;
    const allowed = bytes.subarray(0, this.left);
    this.left -= allowed.length;
    if (allowed.length === bytes.length) this.client.write(bytes);
    else this.client.write(allowed, () => this.cut(network));
  }
}
