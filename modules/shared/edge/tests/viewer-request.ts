// biome-ignore lint/suspicious/noExplicitAny: CloudFront's own shapes.
type Answer = any;

interface Run {
  readonly answer: Answer;
  /** Origins that are asked, in their order; none is that of the behaviour. */
  readonly origins: readonly string[];
  /** Codes of the first, at which the second is asked. */
  readonly failover: readonly number[];
}

const VALUES = new Map([['current', 'ours']]);
const FORGED = { 'x-origin-check': { value: 'theirs' }, accept: { value: '*/*' } };

/** Makes the function of a distribution, as CloudFront runs it, with what its store has. */
export const prepareFunction = (code: string, values = VALUES) => {
  const program = new Function(
    'cf',
    `${code.replace("import cf from 'cloudfront';\n", '')}; return handler;`,
  );
  return async (uri: string, headers: object = {}, method = 'GET'): Promise<Run> => {
    const chosen: { originIds: { originId: string }[]; codes: number[] } = {
      originIds: [],
      codes: [],
    };
    const cf = {
      kvs: () => ({
        get: async (key: string) => {
          const value = values.get(key);
          if (value === undefined) throw new Error('KeyNotFound');
          return value;
        },
      }),
      // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html
      createRequestOriginGroup: (group: {
        originIds: { originId: string }[];
        failoverCriteria: { statusCodes: number[] };
      }) => {
        if (group.originIds.length !== 2) throw new Error('two origins make a group');
        chosen.originIds = group.originIds;
        chosen.codes = group.failoverCriteria.statusCodes;
      },
      selectRequestOriginById: (originId: string) => {
        chosen.originIds = [{ originId }];
      },
    };
    const answer = await program(cf)({ request: { method, uri, headers } });
    return {
      answer,
      origins: chosen.originIds.map(({ originId }) => originId),
      failover: chosen.codes,
    };
  };
};

/** What the function of the distribution does wrong, a line each, run on a store as CloudFront runs it. */
export const faultsOfCode = async (code: string): Promise<string[]> => {
  const run = prepareFunction(code);
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));

  promise(
    Bun.deepEquals((await run('/hello/Casey', { ...FORGED })).answer, {
      method: 'GET',
      uri: '/hello/Casey',
      headers: { 'x-origin-check': { value: 'ours' }, accept: { value: '*/*' } },
    }),
    'a request has not our value in its header, or is changed otherwise',
  );
  const health = await run('/.origins/eu-west-1');
  promise(
    health.answer.uri === '/openapi/json' && health.origins.length === 0,
    'an origin is not asked by its health path',
  );
  const { answer } = await prepareFunction(code, new Map())('/hello/Casey');
  promise(
    answer.statusCode === 503 &&
      answer.headers['retry-after'].value === '10' &&
      answer.headers['cache-control'].value === 'no-store' &&
      JSON.parse(answer.body).detail === 'Service Unavailable',
    'without a value an origin is asked, or the answer is not the one for an origin that is down',
  );
  return faults;
};
