import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { ACCOUNT_ID } from './root.ts';

/** By what a type's resources are called in place of the IDs that AWS makes up. */
const NAMES: Readonly<Record<string, (attributes: Resource['attributes']) => string | undefined>> =
  {
    aws_cloudfront_distribution: ({ aliases }) => aliases?.[0],
    aws_cloudfront_key_value_store: ({ name }) => name,
    aws_route53_zone: ({ name }) => name,
    aws_security_group: ({ name }) => name,
    aws_vpc: ({ tags }) => tags?.Name,
  };

/** Tells a text of a region: see {@link namer}. */
export type Tell = (text: string, region: string) => string;

/**
 * Tells the same of two accounts that are alike, and of two regions of one: with names in place of made-up IDs, `ACCOUNT`
 * for the account's number, `REGION` for the region that the text is about and `OTHER` for the other of the two.
 */
export const namer = (account: readonly Resource[], regions: readonly string[]): Tell => {
  const names = new Map<string, string>([[ACCOUNT_ID, 'ACCOUNT']]);
  for (const { type, id, attributes } of account) {
    const name = NAMES[type]?.(attributes);
    if (name) names.set(attributes.id ?? id, name);
    if (type === 'aws_kms_alias')
      names.set(attributes.target_key_id, attributes.name.replace('alias/', ''));
    if (type === 'aws_secretsmanager_secret')
      names.set(attributes.arn.split(':').at(-1), `${attributes.name}-??????`);
  }
  return (text, region) => {
    let told = text;
    for (const [id, name] of names) told = told.replaceAll(id, name);
    if (region !== 'global') told = told.replaceAll(region, 'REGION');
    if (!regions.includes(region)) return told;
    const [other = ''] = regions.filter((each) => each !== region);
    return told.replaceAll(other, 'OTHER');
  };
};

/** Rows of a table, each with the region that it is of. */
export type Rows = readonly (readonly [region: string, cells: readonly string[]])[];

/** Rows in the order of their texts, where that of the account follows made-up IDs. */
export const sorted = (rows: Rows): Rows =>
  rows.toSorted(([, one], [, other]) => one.join().localeCompare(other.join()));

/** A Markdown table of what is alike in several regions, each row with the regions that have it. */
export const tableOf = (
  columns: readonly string[],
  rows: Rows,
  regions: readonly string[],
): string => {
  const places = new Map<string, Set<string>>();
  for (const [region, cells] of rows) {
    const row = cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ');
    places.set(row, (places.get(row) ?? new Set()).add(region));
  }
  const told = (having: Set<string>): string => {
    const isEach = regions.every((region) => having.has(region));
    const others = [...having].filter((place) => !isEach || !regions.includes(place)).sort();
    return [...(isEach ? ['each region'] : []), ...others].join(', ');
  };
  return [
    `| ${[...columns, 'in'].join(' | ')} |`,
    `|${'---|'.repeat(columns.length + 1)}`,
    ...[...places].map(([row, having]) => `| ${row} | ${told(having)} |`),
  ].join('\n');
};
