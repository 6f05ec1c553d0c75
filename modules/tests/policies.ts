/** What every policy of an account says, and which of it is wider than it should be. */
import { isWildcardOnlyAction } from '@cloud-copilot/iam-simulate';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { namer, type Rows, sorted, type Tell, tableOf } from './names.ts';
import {
  listOf,
  type Policy,
  type Role,
  resourcePolicies,
  rolesOf,
  type Statement,
} from './permissions.ts';

/** Roles are global; the region is in their names. */
const regionIn = (name: string, regions: readonly string[]): string =>
  [...regions, 'us-east-1'].find((region) => name.includes(region)) ?? 'global';

/** Statements as cells of a table in a region's words. */
const cellsIn = (tell: Tell, region: string) => {
  const code = (texts: readonly string[]) =>
    texts
      .map((text) => `\`${tell(text, region)}\``)
      .sort()
      .join('<br/>');
  return {
    actions: ({ Effect, Action, NotAction }: Statement): string =>
      `${Effect === 'Deny' ? '**never** ' : ''}${NotAction ? 'all but ' : ''}${code(listOf(Action ?? NotAction))}`,
    resources: ({ Resource: on, NotResource }: Statement): string =>
      `${NotResource ? 'all but ' : ''}${code(listOf(on ?? NotResource))}`,
    conditions: ({ Condition = {} }: Statement): string =>
      code(
        Object.entries(Condition).flatMap(([operator, keys]) =>
          Object.entries(keys).map(([key, values]) => {
            const told = listOf(values).map((value) => tell(value, region));
            return `${key} ${operator} ${told.sort().join(', ')}`;
          }),
        ),
      ),
    principals: (statement: Statement): string =>
      principalsOf(statement)
        .map((principal) => tell(principal, region))
        .sort()
        .join('<br/>'),
  };
};

/** Whom a trust policy or one on a resource is about. */
export const principalsOf = ({ Principal = {} }: Statement): string[] =>
  Principal === '*' ? ['*'] : Object.values(Principal).flatMap((value) => listOf(value));

/** Who may become which role. */
export const drawTrust = (account: readonly Resource[], regions: readonly string[]): string => {
  const tell = namer(account, regions);
  const rows: Rows = rolesOf(account).flatMap(({ name, trust }) => {
    const region = regionIn(name, regions);
    const cells = cellsIn(tell, region);
    return trust.statements.map(
      (statement) =>
        [
          region,
          [tell(name, region), cells.principals(statement), cells.conditions(statement)],
        ] as const,
    );
  });
  return tableOf(['role', 'who may become it', 'only if'], rows, regions);
};

/** What each role may do on what. */
export const drawRoles = (account: readonly Resource[], regions: readonly string[]): string => {
  const tell = namer(account, regions);
  const rows: Rows = rolesOf(account).flatMap((role) => {
    const region = regionIn(role.name, regions);
    const name = tell(role.name, region);
    const cells = cellsIn(tell, region);
    return role.policies.flatMap((policy) =>
      policy.ofAws
        ? [[region, [name, `AWS's ${policy.name}`, '', '']] as const]
        : policy.statements.map(
            (statement) =>
              [
                region,
                [
                  name,
                  cells.actions(statement),
                  cells.resources(statement),
                  cells.conditions(statement),
                ],
              ] as const,
          ),
    );
  });
  return tableOf(['role', 'may', 'on', 'only if'], rows, regions);
};

/** Whom keys, secrets, topics, functions and whatever else has a policy let do what. */
export const drawResourcePolicies = (
  account: readonly Resource[],
  regions: readonly string[],
): string => {
  const tell = namer(account, regions);
  const rows: Rows = resourcePolicies(account).flatMap(
    ({ resource: { region }, on, statements }) => {
      const cells = cellsIn(tell, region);
      return statements.map(
        (statement) =>
          [
            region,
            [
              tell(on.replace(/^arn:aws:(\w+):[^:]*:\d*:/, '$1 '), region),
              cells.principals(statement),
              cells.actions(statement),
              cells.conditions(statement),
            ],
          ] as const,
      );
    },
  );
  return tableOf(['on', 'who', 'may', 'only if'], sorted(rows), regions);
};

/** What is wider than it should be, a line each. */
export const widePolicies = async (
  account: readonly Resource[],
  regions: readonly string[],
): Promise<string[]> => {
  const tell = namer(account, regions);
  const ofRoles = rolesOf(account).map(async (role) => {
    const wide = (await Promise.all(role.policies.map(widths))).flat();
    const unbounded = role.boundary ? [] : ['has no boundary'];
    return [...trustFaults(role), ...unbounded, ...wide].map((fault) =>
      tell(`${role.name}: ${fault}`, regionIn(role.name, regions)),
    );
  });
  const onResources = resourcePolicies(account).flatMap(({ on, statements, resource }) =>
    statements
      .filter(({ Effect, Condition }) => Effect === 'Allow' && !Condition)
      .filter((statement) => principalsOf(statement).includes('*'))
      .map(() => tell(`${on}: anybody may`, resource.region)),
  );
  return [...new Set([...(await Promise.all(ofRoles)).flat(), ...onResources])].sort();
};

const trustFaults = ({ trust }: Role): string[] =>
  trust.statements.flatMap((statement) => {
    const principals = principalsOf(statement);
    return [
      ...(principals.length === 1 && principals[0] !== '*' ? [] : ['trusts not one principal']),
      ...(statement.Condition ? [] : [`trusts ${principals.join(', ')} without a condition`]),
    ];
  });

const widths = async ({ name, statements, ofAws }: Policy): Promise<string[]> => {
  const faults = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .map(async ({ Action, NotAction, Resource: on, NotResource, Condition }) => {
      if (NotAction || NotResource) return ['all but what is named'];
      if (!listOf(on).includes('*')) return [];
      const wild = listOf(Action).filter((action) => action.includes('*'));
      const whole = listOf(Action).filter((action) => !action.includes('*'));
      const narrowed = ofAws || Condition ? [] : await narrower(whole);
      return [
        ...wild.map((action) => `${action} on *`),
        ...narrowed.map((action) => `${action} on *, though AWS knows narrower`),
      ];
    });
  return (await Promise.all(faults)).flat().map((fault) => `${name}: ${fault}`);
};

/** The actions that a resource can be named for. */
const narrower = async (actions: readonly string[]): Promise<string[]> => {
  const named = actions.map(async (action) => {
    const [service = '', name = ''] = action.split(':');
    return (await isWildcardOnlyAction(service, name)) ? [] : [action];
  });
  return (await Promise.all(named)).flat();
};
