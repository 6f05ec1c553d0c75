/** A stand-in for a bucket on loopback: what is put is got again, by its path, and once where that is asked for. */
export interface Bucket extends Disposable {
  readonly url: string;
  /** By bucket and key. */
  readonly objects: Map<string, string>;
}

export const startBucket = (): Bucket => {
  const objects = new Map<string, string>();
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
      if (request.method === 'PUT') {
        if (request.headers.get('if-none-match') === '*' && objects.has(path))
          return new Response(null, { status: 412 });
        objects.set(path, await request.text());
        return new Response(null, { headers: { etag: '"1"' } });
      }
      const object = objects.get(path);
      return object === undefined ? new Response(null, { status: 404 }) : new Response(object);
    },
  });
  return { url: server.url.origin, objects, [Symbol.dispose]: () => void server.stop(true) };
};
