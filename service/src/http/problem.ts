import { type Static, type TObject, Type } from '@sinclair/typebox';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { Value } from '@sinclair/typebox/value';

/** Answer of every error but 422. */
export const Problem = Type.Object(
  { detail: Type.String({ examples: ['User Casey not found'] }) },
  { $id: 'Problem' },
);

/** One fault of a request, shaped as FastAPI shapes it. */
export const Fault = Type.Object(
  {
    type: Type.String({
      description: 'Machine-readable kind of the fault.',
      examples: ['missing'],
    }),
    loc: Type.Array(Type.String(), {
      description: 'Where the fault is: `path` or `body`, then the name of the field.',
      examples: [['body', 'dateOfBirth']],
    }),
    msg: Type.String({ description: 'The fault in words.', examples: ['Field required'] }),
    input: Type.Unknown({ description: 'The value that was sent.', examples: [{}] }),
  },
  { $id: 'Fault' },
);

/** Answer 422: every fault of a request. */
export const ValidationProblem = Type.Object(
  { detail: Type.Array(Type.Ref('Fault'), { minItems: 1 }) },
  { $id: 'ValidationProblem' },
);

export type Fault = Static<typeof Fault>;

/** Where in a request a fault can be. */
export type Part = 'path' | 'body';

/** The faults of one part of a request, the first of each field, in the order of the schema. */
export const faultsOf = (part: Part, schema: TObject, input: unknown): Fault[] => {
  const faults = new Map<string, Fault>();
  for (const error of Value.Errors(schema, input))
    if (!faults.has(error.path)) faults.set(error.path, toFault(part, error, input));
  return [...faults.values()];
};

const toFault = (part: Part, error: ValueError, whole: unknown): Fault => {
  const loc = [part, ...error.path.split('/').slice(1)];
  const { schema, value: input } = error;
  switch (error.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return { type: 'missing', loc, msg: 'Field required', input: whole };
    case ValueErrorType.Object:
      return {
        type: 'model_attributes_type',
        loc,
        msg: 'Input should be a valid JSON object',
        input,
      };
    case ValueErrorType.StringMaxLength:
      return {
        type: 'string_too_long',
        loc,
        msg: `String should have at most ${schema.maxLength} characters`,
        input,
      };
    case ValueErrorType.StringPattern:
      return {
        type: 'string_pattern_mismatch',
        loc,
        msg: `String should match pattern '${schema.pattern}'`,
        input,
      };
    case ValueErrorType.StringFormat:
      return {
        type: 'date_from_datetime_parsing',
        loc,
        msg: 'Input should be a valid date written YYYY-MM-DD, not before 1000-01-01',
        input,
      };
    default:
      return schema.format === 'date'
        ? { type: 'date_type', loc, msg: 'Input should be a valid date', input }
        : { type: 'value_error', loc, msg: error.message, input };
  }
};
