// biome-ignore lint/suspicious/noExplicitAny: CloudFront's own shapes.
type Answer = any;

const VALUES = new Map([['current', 'ours']]);
const FORGED = { 'x-origin-check': { value: 'theirs' }, accept: { value: '*/*' } };

/** What the function of the distribution does wrong, a line each, run on a store as CloudFront runs it. */
export const faultsOfCode = async (code: string): Promise<string[]> => {
  const run = (values: Map<string, string>, uri: string, headers: object = {}): Promise<Answer> => {
    const cf = {
      kvs: () => ({
        get: async (key: string) => {
          const value = values.get(key);
          if (value === undefined) throw new Error('KeyNotFound');
          return value;
        },
      }),
    };
    const program = code.replace("import cf from 'cloudfront';\n", '');
    return new Function('cf', `${program}; return handler;`)(cf)({ request: { uri, headers } });
  };
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));

  promise(
    Bun.deepEquals(await run(VALUES, '/hello/Casey', { ...FORGED }), {
      uri: '/hello/Casey',
      headers: { 'x-origin-check': { value: 'ours' }, accept: { value: '*/*' } },
    }),
    'a request has not our value in its header, or is changed otherwise',
  );
  promise(
    (await run(VALUES, '/.origins/eu-west-1')).uri === '/openapi/json',
    'an origin is not asked by its health path',
  );
  const { statusCode, headers, body } = await run(new Map(), '/hello/Casey');
  promise(
    statusCode === 503 &&
      headers['retry-after'].value === '10' &&
      headers['cache-control'].value === 'no-store' &&
      JSON.parse(body).detail === 'Service Unavailable',
    'without a value an origin is asked, or the answer is not the one for an origin that is down',
  );
  return faults;
};
