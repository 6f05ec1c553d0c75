import { mock } from 'bun:test';

// biome-ignore lint/suspicious/noExplicitAny: the API's own shapes.
type Input = any;

interface RuleGroup {
  readonly Id: string;
  LockToken: string;
  Rules: Input[];
}

/** A stand-in for WAF of every region and CloudFront's key value stores on loopback: what the rotation calls. */
export interface Services {
  /** What the function needs in its environment to come here. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the store holds. */
  readonly values: Map<string, string>;
  /** Names of the rule groups of a region. */
  groups(region: string): string[];
  /** Whether the rule group of a region blocks a request with this value in its header. */
  blocks(region: string, value: string | undefined): boolean;
  /** Called after each write. */
  readonly written: ReturnType<typeof mock<() => void>>;
  /** The write after so many is refused; 0 for none. */
  failAfter: number;
  /** Awaited before each answer, with the operation of WAF or the key of the store that is asked for. */
  readonly asked: ReturnType<typeof mock<(what: string) => Promise<void>>>;
  /** Regions that refuse everything. */
  readonly lost: Set<string>;
  stop(): Promise<void>;
}

export const GROUP = 'hello-test-origin-check';
const ACCOUNT = '123456789012';
const STORE = `arn:aws:cloudfront::${ACCOUNT}:key-value-store/11111111-2222-3333-4444-555555555555`;

/** Finds `<account>.localhost`, the host that the store's client makes of an endpoint, where the resolver does not. */
const RESOLVE_LOCALHOST = `
import dns from 'node:dns';
const { lookup } = dns;
dns.lookup = (host, options, callback) => lookup(host.endsWith('.localhost') ? '127.0.0.1' : host, options, callback);
`;

/** An error of a service, as the SDK knows it by its name. */
class ServiceError extends Error {
  constructor(
    override readonly name: string,
    readonly status = 400,
  ) {
    super(name);
  }
}

export const startServices = (): Services => {
  const values = new Map<string, string>();
  const regions = new Map<string, Map<string, RuleGroup>>();
  let version = 0;
  let storeVersion = '0';

  /** With one of somebody else's before ours, so that ours is on another page. */
  const groupsOf = (region: string) => {
    const other = { Id: '0', LockToken: '0', Rules: [] };
    const groups = regions.get(region) ?? new Map<string, RuleGroup>([['another', other]]);
    regions.set(region, groups);
    return groups;
  };

  const write = (change: () => void) => {
    if (services.failAfter > 0 && --services.failAfter === 0)
      throw new ServiceError('AccessDeniedException', 403);
    change();
    services.written();
  };

  const firewall: Record<string, (region: string, input: Input) => object> = {
    ListRuleGroups: (region, { NextMarker, Scope }) => {
      if (Scope !== 'REGIONAL') throw new ServiceError('WAFInvalidParameterException');
      const all = [...groupsOf(region)];
      const index = Number(NextMarker ?? 0);
      return {
        RuleGroups: all.slice(index, index + 1).map(([Name, { Id, LockToken }]) => ({
          ...{ Name, Id, LockToken },
          ARN: `arn:aws:wafv2:${region}:${ACCOUNT}:regional/rulegroup/${Name}/${Id}`,
        })),
        ...(index + 1 < all.length && { NextMarker: String(index + 1) }),
      };
    },
    GetRuleGroup: (region, { Name }) => {
      const found = groupsOf(region).get(Name);
      if (!found) throw new ServiceError('WAFNonexistentItemException');
      return { LockToken: found.LockToken, RuleGroup: { Name, Id: found.Id, Capacity: 20 } };
    },
    CreateRuleGroup: (region, { Name, Capacity, Rules }) => {
      if (groupsOf(region).has(Name)) throw new ServiceError('WAFDuplicateItemException');
      // Two units a value that is compared whole: https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
      if (Capacity < 2 * statementsOf(Rules).length)
        throw new ServiceError('WAFLimitsExceededException');
      const Id = String(++version);
      write(() => groupsOf(region).set(Name, { Id, LockToken: Id, Rules }));
      const ARN = `arn:aws:wafv2:${region}:${ACCOUNT}:regional/rulegroup/${Name}/${Id}`;
      return { Summary: { Name, Id, ARN } };
    },
    UpdateRuleGroup: (region, { Name, LockToken, Rules }) => {
      const found = groupsOf(region).get(Name);
      if (!found) throw new ServiceError('WAFNonexistentItemException');
      if (found.LockToken !== LockToken) throw new ServiceError('WAFOptimisticLockException');
      write(() => Object.assign(found, { Rules, LockToken: String(++version) }));
      return { NextLockToken: found.LockToken };
    },
    DeleteRuleGroup: (region, { Name, LockToken }) => {
      if (groupsOf(region).get(Name)?.LockToken !== LockToken)
        throw new ServiceError('WAFOptimisticLockException');
      write(() => groupsOf(region).delete(Name));
      return {};
    },
  };

  const store = async (request: Request, path: string): Promise<Response> => {
    const [, arn, key] = /^\/key-value-stores\/([^/]+)(?:\/keys(?:\/(.+))?)?$/.exec(path) ?? [];
    if (decodeURIComponent(arn ?? '') !== STORE)
      throw new ServiceError('ResourceNotFoundException', 404);
    if (request.method === 'GET' && key) {
      await services.asked(key);
      const Value = values.get(key);
      if (Value === undefined) throw new ServiceError('ResourceNotFoundException', 404);
      return Response.json({ Key: key, Value, ItemCount: 1, TotalSizeInBytes: 1 });
    }
    if (request.method === 'POST') {
      if (request.headers.get('if-match') !== storeVersion)
        throw new ServiceError('ConflictException', 409);
      const { Puts = [], Deletes = [] } = (await request.json()) as Record<
        'Puts' | 'Deletes',
        { Key: string; Value: string }[] | undefined
      >;
      write(() => {
        for (const { Key, Value } of Puts) values.set(Key, Value);
        for (const { Key } of Deletes) values.delete(Key);
        storeVersion = String(++version);
      });
    }
    return Response.json(
      { KvsARN: STORE, ItemCount: values.size, TotalSizeInBytes: 1 },
      { headers: { ETag: storeVersion } },
    );
  };

  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      try {
        if (pathname !== '/') return await store(request, pathname);
        const [, region = ''] =
          /Credential=[^/]+\/\d+\/([\w-]+)\/wafv2\//.exec(
            request.headers.get('authorization') ?? '',
          ) ?? [];
        const operation = request.headers.get('x-amz-target')?.split('.')[1] ?? '';
        await services.asked(operation);
        if (services.lost.has(region)) throw new ServiceError('ServiceUnavailable', 503);
        const answer = firewall[operation]?.(region, await request.json());
        return Response.json(answer, { headers: { 'content-type': 'application/x-amz-json-1.1' } });
      } catch (error) {
        const { name, status } = error as ServiceError;
        return Response.json(
          { __type: name, message: name },
          { status: status ?? 500, headers: { 'x-amzn-errortype': name } },
        );
      }
    },
  });

  const services: Services = {
    environment: {
      AWS_ENDPOINT_URL_WAFV2: `http://127.0.0.1:${server.port}`,
      AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: `http://localhost:${server.port}`,
      STORE_ARN: STORE,
      RULE_GROUP_NAME: GROUP,
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(RESOLVE_LOCALHOST)}`,
    },
    values,
    groups: (region) => [...groupsOf(region).keys()],
    blocks: (region, value) => {
      const rules = groupsOf(region).get(GROUP)?.Rules;
      if (!rules) throw new Error(`${region} has no rule group`);
      return !statementsOf(rules).some(
        ({ ByteMatchStatement: { SearchString, PositionalConstraint, FieldToMatch } }: Input) =>
          PositionalConstraint === 'EXACTLY' &&
          FieldToMatch.SingleHeader.Name === 'x-origin-check' &&
          Buffer.from(SearchString, 'base64').toString() === value,
      );
    },
    written: mock(() => {}),
    failAfter: 0,
    asked: mock(async () => {}),
    lost: new Set(),
    stop: () => server.stop(true),
  };
  return services;
};

/** What is compared in the one rule: block, unless one of them matches. */
const statementsOf = (rules: Input[]): Input[] => {
  const [{ Action, Statement }, ...others] = rules;
  const { Statements } = Statement.NotStatement.Statement.OrStatement;
  if (others.length > 0 || !Action.Block || Statements.length < 2)
    throw new ServiceError('WAFInvalidParameterException');
  return Statements;
};
