import {
  CreateRuleGroupCommand,
  DeleteRuleGroupCommand,
  GetRuleGroupCommand,
  ListRuleGroupsCommand,
  type Rule,
  type RuleGroupSummary,
  UpdateRuleGroupCommand,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { variable } from './settings.ts';

/** The header that the function of the distribution sets: viewer-request.js.tftpl. */
const HEADER = 'x-origin-check';

/** Web ACL capacity units, fixed when a group is made: two for each value, and room. */
const CAPACITY = 20;

const SCOPE = 'REGIONAL';

const VISIBILITY = {
  SampledRequestsEnabled: false,
  CloudWatchMetricsEnabled: true,
  MetricName: 'origin-check',
};

/** Gives a region up that doesn't answer, so that a run gets to the others. */
const clientOf = (region: string): WAFV2Client =>
  new WAFV2Client({
    region,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
    },
  });

/** Makes the rule group of a region, or changes it, so that it blocks what has none of the values. @returns its ARN */
export const writeRuleGroup = async (
  region: string,
  values: readonly string[],
): Promise<string> => {
  const client = clientOf(region);
  const Rules = [ruleFor(values)];
  const found = await find(client);
  if (!found) {
    const { Summary } = await client.send(
      new CreateRuleGroupCommand({
        Name: variable('RULE_GROUP_NAME'),
        Description: 'Blocks what did not come through our distribution',
        Scope: SCOPE,
        Capacity: CAPACITY,
        Rules,
        VisibilityConfig: VISIBILITY,
      }),
    );
    return arnOf(Summary);
  }
  const { Name, Id } = found;
  const { LockToken } = await client.send(new GetRuleGroupCommand({ Name, Id, Scope: SCOPE }));
  await client.send(
    new UpdateRuleGroupCommand({
      ...{ Name, Id, LockToken, Scope: SCOPE, Rules },
      VisibilityConfig: VISIBILITY,
    }),
  );
  return arnOf(found);
};

/** Does nothing where there is none. @throws WAFAssociatedItemException while a web ACL has it */
export const removeRuleGroup = async (region: string): Promise<void> => {
  const client = clientOf(region);
  const found = await find(client);
  if (!found) return;
  const { Name, Id, LockToken } = found;
  await client.send(new DeleteRuleGroupCommand({ Name, Id, LockToken, Scope: SCOPE }));
};

const find = async (client: WAFV2Client): Promise<RuleGroupSummary | undefined> => {
  let NextMarker: string | undefined;
  do {
    const page = await client.send(new ListRuleGroupsCommand({ Scope: SCOPE, NextMarker }));
    const found = page.RuleGroups?.find(({ Name }) => Name === variable('RULE_GROUP_NAME'));
    if (found) return found;
    NextMarker = page.NextMarker;
  } while (NextMarker);
  return undefined;
};

const arnOf = (summary: RuleGroupSummary | undefined): string => {
  if (!summary?.ARN) throw new Error('WAF told no ARN');
  return summary.ARN;
};

const ruleFor = (values: readonly string[]): Rule => ({
  Name: 'origin-check',
  Priority: 0,
  Action: { Block: {} },
  Statement: {
    NotStatement: {
      Statement: {
        OrStatement: {
          Statements: values.map((value) => ({
            ByteMatchStatement: {
              SearchString: new TextEncoder().encode(value),
              PositionalConstraint: 'EXACTLY',
              FieldToMatch: { SingleHeader: { Name: HEADER } },
              TextTransformations: [{ Priority: 0, Type: 'NONE' }],
            },
          })),
        },
      },
    },
  },
  VisibilityConfig: VISIBILITY,
});
