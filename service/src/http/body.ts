import { withTimeout } from './with-timeout.ts';

/** Deepest nesting of arrays and objects: quoting a body in an answer must not exhaust the stack. */
const MAX_DEPTH = 64;

/** How much of a refused body of unknown length is read and thrown away before the connection is cut. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024;
/** How long that may take: this, and longer for a sender that sends at least as fast as {@link MIN_DRAIN_RATE}. */
const MAX_DRAIN_MILLISECONDS = 2_000;
/** Bytes a millisecond. */
const MIN_DRAIN_RATE = 1024;

export class UnsupportedMediaTypeError extends Error {
  override name = 'UnsupportedMediaTypeError';
}

/**
 * After so many chunks others have their turn on Deno, which delivers all that have arrived without a pause, 0.3 ms each.
 * Bun does otherwise, and closes a connection whose next request arrives in such a pause.
 */
const CHUNKS_IN_A_TURN = 'Deno' in globalThis ? 8 : Number.POSITIVE_INFINITY;

/** There is no body. */
export class EmptyBodyError extends Error {
  override name = 'EmptyBodyError';
}

/** The body is not JSON: malformed, not UTF-8, or nested too deeply. */
export class MalformedJsonError extends Error {
  override name = 'MalformedJsonError';
}

/** The client stopped before the end of its body. */
export class IncompleteBodyError extends Error {
  override name = 'IncompleteBodyError';
}

/** The body is larger than the limit. */
export class PayloadTooLargeError extends Error {
  override name = 'PayloadTooLargeError';
  /** @param drain throws the rest of a body of unknown length away; the runtime does so when the length is known */
  constructor(readonly drain?: () => Promise<void>) {
    super();
  }
}

/**
 * The body of a request, of at most `maxBytes`, as JSON. Without a content type it counts as JSON. Of duplicate keys the last wins.
 * @throws UnsupportedMediaTypeError, PayloadTooLargeError, IncompleteBodyError, EmptyBodyError, MalformedJsonError
 */
export const readJson = async (request: Request, maxBytes: number): Promise<unknown> => {
  const type = request.headers.get('content-type');
  if (type && !/^application\/([^\s;]+\+)?json\s*(;|$)/i.test(type))
    throw new UnsupportedMediaTypeError();
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) throw new EmptyBodyError();
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (bytes.length <= 2 * MAX_DEPTH || isNestedAtMost(MAX_DEPTH, value)) return value;
  } catch {
    // Answered below.
  }
  throw new MalformedJsonError();
};

const isNestedAtMost = (depth: number, value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every((inner) => isNestedAtMost(depth - 1, inner)));

const readBytes = async (request: Request, maxBytes: number): Promise<Uint8Array> => {
  const length = request.headers.get('content-length');
  try {
    if (length === null) return await readStream(request.body, maxBytes);
    if (Number(length) > maxBytes) throw new PayloadTooLargeError();
    return new Uint8Array(await request.arrayBuffer());
  } catch (error) {
    throw error instanceof PayloadTooLargeError ? error : new IncompleteBodyError();
  }
};

/** The part of a stream's reader that both runtimes type alike. */
interface Reader {
  read(): Promise<{ value?: Uint8Array }>;
}

const readStream = async (
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader: Reader | undefined = stream?.getReader();
  while (reader) {
    const { value } = await reader.read();
    if (!value) break;
    length += value.length;
    if (length > maxBytes) throw new PayloadTooLargeError(() => drain(reader));
    chunks.push(value);
    if (chunks.length % CHUNKS_IN_A_TURN === 0)
      await new Promise((resolve) => setImmediate(resolve));
  }
  return Buffer.concat(chunks);
};

const drain = async (reader: Reader): Promise<void> => {
  const deadline = performance.now() + MAX_DRAIN_MILLISECONDS;
  for (let drained = 0; drained <= MAX_DRAINED_BYTES; ) {
    const left = deadline + drained / MIN_DRAIN_RATE - performance.now();
    const chunk = await withTimeout(left, reader.read());
    if (!chunk?.value) return;
    drained += chunk.value.length;
  }
};
