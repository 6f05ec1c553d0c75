import { write } from 'node:fs';

declare const Deno: { stdout: { write(bytes: Uint8Array): Promise<number> } };

/**
 * Writes to standard output without holding up the process, whatever becomes of the reader.
 * @returns how many bytes were taken
 */
export const writeToStandardOutput = (bytes: Uint8Array): Promise<number> =>
  // On Deno, `fs.write` waits for the reader of a pipe in the thread that serves.
  'Deno' in globalThis ? Deno.stdout.write(bytes) : writeInBackground(bytes);

const writeInBackground = (bytes: Uint8Array): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  write(1, bytes, 0, bytes.length, null, (error, written) =>
    error ? reject(error) : resolve(written),
  );
  return promise;
};
