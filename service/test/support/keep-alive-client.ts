import { connect, type Socket } from 'node:net';
import { parseResponses, type RawResponse } from './raw.ts';

export interface KeepAliveClient {
  /** Sends a request; rejects when the connection breaks before the whole answer. Nothing is tried again. */
  send(request: string): Promise<RawResponse>;
  close(): void;
  /** How many connections were opened. */
  connections(): number;
}

/** Sends requests over one connection, and opens another only after `maxRequests` or an answer that says `connection: close`. */
export const keepAliveClient = (
  port: number,
  maxRequests = Number.POSITIVE_INFINITY,
): KeepAliveClient => {
  let socket: Socket | undefined;
  let opened = 0;
  let sent = 0;
  return {
    send: async (request) => {
      if (!socket) {
        socket = connect({ port, host: '127.0.0.1' });
        // Told by the request that meets it.
        socket.on('error', () => {});
        opened++;
        sent = 0;
      }
      if (socket.readableEnded || socket.destroyed) throw new Error('closed while it was idle');
      const response = await answerOn(socket, request);
      if (++sent === maxRequests || response.headers.get('connection') === 'close') {
        socket.destroy();
        socket = undefined;
      }
      return response;
    },
    close: () => socket?.destroy(),
    connections: () => opened,
  };
};

const answerOn = (socket: Socket, request: string): Promise<RawResponse> => {
  const { promise, resolve, reject } = Promise.withResolvers<RawResponse>();
  let received = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    const [response] = parseResponses(received, false, false).responses;
    if (response) resolve(response);
  };
  const onClose = (): void => reject(new Error('the connection was closed'));
  socket.on('data', onData).on('error', reject).on('close', onClose);
  socket.write(request);
  return promise.finally(() =>
    socket.off('data', onData).off('error', reject).off('close', onClose),
  );
};
