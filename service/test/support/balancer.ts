import { connect, createServer, type Socket } from 'node:net';
import type { RunningServer } from './server.ts';

/** How a backend's `/readyz` is probed, as in a chart. */
export interface Probe {
  readonly periodMilliseconds: number;
  /** Probes that fail one after the other before new connections go elsewhere. */
  readonly failureThreshold: number;
}

export interface Balancer {
  readonly port: number;
  /** Probes a backend from now on; resolves when it is ready. */
  add(backend: RunningServer): Promise<void>;
  /** Stops probing a backend that has ended. */
  remove(backend: RunningServer): void;
  close(): Promise<void>;
}

/** Forwards each new connection to the next backend that is ready, and leaves open ones where they are. */
export const startBalancer = async (probe: Probe): Promise<Balancer> => {
  const backends = new Map<RunningServer, { isReady: boolean; stop: () => void }>();
  const sockets = new Set<Socket>();
  let turn = 0;

  const forward = (client: Socket): void => {
    const ready = [...backends].filter(([, { isReady }]) => isReady).map(([backend]) => backend);
    const backend = ready[turn++ % ready.length];
    if (!backend) return void client.destroy();
    const upstream = connect({ port: backend.port, host: '127.0.0.1' });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  };

  const listener = createServer({ allowHalfOpen: true }, forward);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as { port: number }).port,
    add: (backend) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let failures = 0;
      const state = { isReady: false, stop: () => clearInterval(timer) };
      const look = async () => {
        failures = (await isReady(backend)) ? 0 : failures + 1;
        if (failures === 0) resolve();
        state.isReady = failures < probe.failureThreshold && (state.isReady || failures === 0);
      };
      const timer = setInterval(look, probe.periodMilliseconds);
      backends.set(backend, state);
      return promise;
    },
    remove: (backend) => {
      backends.get(backend)?.stop();
      backends.delete(backend);
    },
    close: async () => {
      for (const { stop } of backends.values()) stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
};

const isReady = async ({ managementUrl }: RunningServer): Promise<boolean> => {
  try {
    return (await fetch(`${managementUrl}/readyz`, { keepalive: false })).ok;
  } catch {
    return false;
  }
};
