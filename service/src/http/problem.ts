import { type Static, Type } from '@sinclair/typebox';

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
