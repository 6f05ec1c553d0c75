import { connect, type Socket } from 'node:net';

/** An HTTP/1.1 response as it was on the wire. */
export interface RawResponse {
  readonly status: number;
  /** By lower-case name; a repeated header's values are joined with `, `. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Exchange {
  readonly responses: readonly RawResponse[];
  /** Bytes after the last complete response. */
  readonly rest: string;
  /** How it ended: the expected number of responses came, the server closed, or time ran out. */
  readonly end: 'complete' | 'closed' | 'timeout';
  /** The error of the connection, such as `EPIPE`, if there was one. */
  readonly error: string | undefined;
  readonly milliseconds: number;
}

/** Writes bytes (a string counts as Latin-1) and resolves when the system took them; rejects once the server has closed. */
export type Write = (bytes: string | Uint8Array) => Promise<void>;

export interface ExchangeOptions {
  /** Stop after this many complete responses; the default waits for the server to close. */
  readonly responses?: number;
  /** The requests are HEAD: no response has a body. */
  readonly head?: boolean;
  /** Read nothing before everything is written. */
  readonly writeFirst?: boolean;
  readonly timeout?: number;
}

/** Resolves when so many complete responses have come, or no more will. */
export type Received = (count: number) => Promise<void>;

/** Sends exact bytes to a port of this machine, or what `send` writes in steps, and collects the answer. */
export const exchange = async (
  port: number,
  send: string | Uint8Array | ((write: Write, received: Received) => Promise<void>),
  { responses: wanted = Infinity, head = false, writeFirst, timeout = 8_000 }: ExchangeOptions = {},
): Promise<Exchange> => {
  const start = performance.now();
  const socket = connect({ port, host: '127.0.0.1' });
  const ended = Promise.withResolvers<Exchange['end']>();
  let error: string | undefined;
  let received = Buffer.alloc(0);
  let closed = false;
  const parsed = () => parseResponses(received, closed, head);
  const timer = setTimeout(() => ended.resolve('timeout'), timeout);
  const close = () => {
    closed = true;
    ended.resolve('closed');
  };
  socket.on('error', (cause: NodeJS.ErrnoException) => {
    error = cause.code ?? cause.message;
    close();
  });
  socket.on('end', close);
  socket.on('close', close);
  const read = () =>
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      try {
        if (wanted !== Infinity && parsed().responses.length >= wanted) ended.resolve('complete');
      } catch (cause) {
        ended.reject(cause);
      }
    });
  if (writeFirst) socket.pause();
  else read();
  const hasCome: Received = async (count) => {
    while (!closed && parsed().responses.length < count) await Bun.sleep(1);
  };
  const writing = (typeof send === 'function' ? send : (write: Write) => write(send))(
    writer(socket, () => closed),
    hasCome,
  ).catch(() => undefined);
  if (writeFirst) {
    await Promise.race([writing, ended.promise]);
    read();
    socket.resume();
  }
  try {
    const end = await ended.promise;
    closed ||= end === 'closed';
    return { ...parsed(), end, error, milliseconds: performance.now() - start };
  } finally {
    clearTimeout(timer);
    closed = true;
    socket.destroy();
    await writing;
  }
};

const writer = (socket: Socket, isClosed: () => boolean): Write => {
  const closed = new Promise<never>((_, reject) => {
    socket.once('close', () => reject(new Error('closed')));
  });
  closed.catch(() => undefined);
  return (bytes) => {
    const written = new Promise<void>((resolve, reject) => {
      if (isClosed()) throw new Error('closed');
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    return Promise.race([written, closed]);
  };
};

/** The complete responses at the start of `bytes`. */
export const parseResponses = (bytes: Buffer, closed: boolean, head: boolean) => {
  const responses: RawResponse[] = [];
  let offset = 0;
  for (;;) {
    const next = parseResponse(bytes, offset, closed, head);
    if (!next) return { responses, rest: bytes.toString('latin1', offset) };
    if (next.response.status >= 200) responses.push(next.response);
    offset = next.end;
  }
};

const parseResponse = (bytes: Buffer, offset: number, closed: boolean, head: boolean) => {
  const headEnd = bytes.indexOf('\r\n\r\n', offset);
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', offset, headEnd).split('\r\n');
  const [, code] = /^HTTP\/1\.[01] (\d{3})( |$)/.exec(statusLine) ?? [];
  if (!code) throw new Error(`no HTTP response: ${JSON.stringify(statusLine)}`);
  const headers = parseHeaders(lines);
  const status = Number(code);
  const body =
    head || status < 200 || status === 204 || status === 304
      ? { content: Buffer.alloc(0), end: headEnd + 4 }
      : parseBody(bytes, headEnd + 4, headers, closed);
  if (!body) return undefined;
  return { response: { status, headers, body: body.content.toString() }, end: body.end };
};

const parseHeaders = (lines: readonly string[]): Map<string, string> => {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw new Error(`no header: ${JSON.stringify(line)}`);
    const key = name.toLowerCase();
    const former = headers.get(key);
    headers.set(key, former === undefined ? value : `${former}, ${value}`);
  }
  return headers;
};

const parseBody = (
  bytes: Buffer,
  start: number,
  headers: ReadonlyMap<string, string>,
  closed: boolean,
) => {
  if (headers.get('transfer-encoding') === 'chunked') return parseChunks(bytes, start);
  const length = headers.get('content-length');
  const end = length === undefined ? bytes.length : start + Number(length);
  const isComplete = length === undefined ? closed : bytes.length >= end;
  return isComplete ? { content: bytes.subarray(start, end), end } : undefined;
};

const parseChunks = (bytes: Buffer, start: number) => {
  const chunks: Buffer[] = [];
  for (let offset = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', offset);
    if (lineEnd === -1) return undefined;
    const line = bytes.toString('latin1', offset, lineEnd);
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`no chunk size: ${JSON.stringify(line)}`);
    const size = Number.parseInt(line, 16);
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return undefined;
    if (bytes.toString('latin1', end - 2, end) !== '\r\n') throw new Error('a chunk has no end');
    if (size === 0) return { content: Buffer.concat(chunks), end };
    chunks.push(bytes.subarray(lineEnd + 2, end - 2));
    offset = end;
  }
};

/** Sends requests on one connection, each once the answer to the one before has come. */
export const exchangeInTurn = (
  port: number,
  requests: readonly string[],
  options?: ExchangeOptions,
): Promise<Exchange> =>
  exchange(
    port,
    async (write, received) => {
      for (const [index, request] of requests.entries()) {
        await received(index);
        await write(request);
      }
    },
    options,
  );
