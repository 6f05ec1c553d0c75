/** Reads a command line as the aws command does, held against the model of the call in operations.json. */
import operations from './operations.json';

/** A shape of botocore's models, cut to what is used here. */
export interface Shape {
  type: string;
  members?: Record<string, Shape>;
  member?: Shape;
  required?: string[];
  enum?: string[];
  pattern?: string;
  min?: number;
  max?: number;
}

/** A command that is no good as written: the aws command ends with status 252. */
export class UsageError extends Error {}

export interface Call {
  /** Such as `rds.DescribeDBClusters`. */
  operation: string;
  input: Record<string, unknown>;
  output: Shape | undefined;
  region: string;
  /** `json` or `text`. */
  format: string;
  /** A JMESPath expression over the answer. */
  query: string | undefined;
}

const CALLS = operations.calls as Record<string, { input?: Shape; output?: Shape }>;
const plain = (name: string) => name.replace(/[^a-z0-9]/gi, '').toLowerCase();

/** Reads the arguments after `aws`. */
export function readCall(args: string[], environment: Record<string, string | undefined>): Call {
  const { words, options } = split(args);
  const [service = '', command = ''] = words;
  const operation = Object.keys(CALLS).find(
    (name) => plain(name) === plain(`${service}${command}`),
  );
  if (!operation || words.length !== 2) {
    throw new UsageError(
      `the simulation knows no "aws ${words.join(' ')}": add it to extract/api.json`,
    );
  }
  const take = (name: string) => {
    const [value] = options.get(name) ?? [];
    options.delete(name);
    return value;
  };
  const region = take('region') ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (!region) throw new UsageError('You must specify a region: --region or AWS_REGION');
  const call = {
    operation,
    output: CALLS[operation]?.output,
    region,
    format: take('output') ?? 'json',
    query: take('query'),
  };
  for (const ignored of ['no-cli-pager', 'profile', 'no-paginate']) take(ignored);
  return { ...call, input: readInput(CALLS[operation]?.input ?? { type: 'structure' }, options) };
}

/** Words before the first option, and the values of each option. */
function split(args: string[]): { words: string[]; options: Map<string, string[]> } {
  const words: string[] = [];
  const options = new Map<string, string[]>();
  let values = words;
  for (const argument of args) {
    const [, name, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name) {
      values = value === undefined ? [] : [value];
      options.set(name, values);
    } else values.push(argument);
  }
  return { words, options };
}

function readInput(shape: Shape, options: Map<string, string[]>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [option, values] of options) {
    const find = (name: string) =>
      Object.keys(shape.members ?? {}).find((member) => plain(member) === plain(name));
    const negated = option.startsWith('no-') && !find(option) ? find(option.slice(3)) : undefined;
    const member = negated ?? find(option);
    if (!member) throw new UsageError(`Unknown options: --${option}`);
    input[member] = negated ? false : read(shape.members?.[member] as Shape, values, option);
  }
  const missing = (shape.required ?? []).filter((member) => !(member in input));
  if (missing.length > 0) throw new UsageError(`the following arguments are required: ${missing}`);
  return input;
}

function read(shape: Shape, values: string[], option: string): unknown {
  const [text = ''] = values;
  if (shape.type === 'list') {
    const list = text.startsWith('[') ? (JSON.parse(text) as unknown[]) : values;
    return list.map((value) =>
      typeof value === 'string' && shape.member ? scalar(shape.member, value, option) : value,
    );
  }
  if (shape.type === 'boolean') return text !== 'false';
  if (values.length !== 1) throw new UsageError(`argument --${option}: expected one argument`);
  return scalar(shape, text, option);
}

/** A text, number, or structure as JSON or in shorthand (`Name=x,Values=y`). */
function scalar(shape: Shape, text: string, option: string): unknown {
  if (shape.type === 'structure' || shape.type === 'map') {
    if (text.startsWith('{')) return JSON.parse(text);
    return Object.fromEntries(text.split(/,(?=[A-Za-z]+=)/).map((pair) => pair.split('=', 2)));
  }
  const isNumber = shape.type === 'integer' || shape.type === 'long';
  const value = isNumber ? Number(text) : text;
  const size = isNumber ? Number(text) : text.length;
  if (
    Number.isNaN(value) ||
    (shape.enum && !shape.enum.includes(text)) ||
    (shape.min !== undefined && size < shape.min) ||
    (shape.max !== undefined && size > shape.max) ||
    (shape.pattern && !isNumber && !new RegExp(`^(?:${shape.pattern})$`).test(text))
  ) {
    throw new UsageError(`Parameter validation failed: invalid value for --${option}: ${text}`);
  }
  return value;
}
