import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

/** A request, as far as our rules look at it. */
export interface Request {
  readonly bodyBytes: number;
  /** Whether it has the header that our distribution sets. */
  readonly throughUs?: boolean;
  /** Requests from its address in the last five minutes. */
  readonly rate?: number;
}

/** A status, or `allowed`, and the rule that decided. */
export type Decision = 'allowed' | `${number} ${string}`;

// biome-ignore lint/suspicious/noExplicitAny: the provider's own shapes.
type Block = any;

/**
 * What a body larger than the limit is to AWS's common group: SizeRestrictions_BODY, over 8 KB.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const COMMON_BODY_LIMIT = 8_192;

/**
 * How much of a body WAF sees.
 * https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html
 */
const INSPECTED = { REGIONAL: 8_192, CLOUDFRONT: 16_384 } as const;

/** Whether a statement holds of a request, by the API reference of each; undefined for groups, which decide themselves. */
const matches = (statement: Block, { bodyBytes, rate = 0 }: Request, inspected: number) => {
  const [size] = statement.size_constraint_statement ?? [];
  if (size) {
    const [body] = size.field_to_match[0].body;
    if (bodyBytes > inspected && body.oversize_handling !== 'CONTINUE')
      return body.oversize_handling === 'MATCH';
    if (size.comparison_operator !== 'GT') throw new Error(size.comparison_operator);
    return Math.min(bodyBytes, inspected) > size.size;
  }
  const [rates] = statement.rate_based_statement ?? [];
  return rates ? rate > rates.limit : undefined;
};

/** Whether a group blocks a request: AWS's common one by its size, the origin check by its header. */
const groupBlocks = (statement: Block, { bodyBytes, throughUs = true }: Request) => {
  const [managed] = statement.managed_rule_group_statement ?? [];
  if (managed) return managed.name.endsWith('CommonRuleSet') && bodyBytes > COMMON_BODY_LIMIT;
  return statement.rule_group_reference_statement?.length > 0 && !throughUs;
};

/** What a web ACL that was read back from an account does with a request: the rules by priority, the first that blocks. */
export const decide = ({ attributes }: Resource, request: Request): Decision => {
  const inspected = INSPECTED[attributes.scope as keyof typeof INSPECTED];
  const rules: Block[] = [...attributes.rule].sort((a, b) => a.priority - b.priority);
  for (const { name, statement, action = [], override_action = [] } of rules) {
    const matched = matches(statement[0], request, inspected);
    const block = action[0]?.block?.[0];
    if (matched && block) return `${block.custom_response?.[0]?.response_code ?? 403} ${name}`;
    const obeyed = override_action[0]?.none?.length > 0;
    if (matched === undefined && obeyed && groupBlocks(statement[0], request)) return `403 ${name}`;
  }
  return attributes.default_action[0].allow.length > 0 ? 'allowed' : '403 default';
};
