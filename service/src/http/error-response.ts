import { type Static, Type } from '@sinclair/typebox';

/** Answer of every error but 422. */
export const ErrorResponse = Type.Object(
  { detail: Type.String({ examples: ['User Casey not found'] }) },
  { $id: 'ErrorResponse' },
);

/** One fault of a request, shaped as FastAPI shapes it. */
export const ValidationError = Type.Object(
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
  { $id: 'ValidationError' },
);

/** Answer 422: every fault of a request. */
export const HTTPValidationError = Type.Object(
  { detail: Type.Array(Type.Ref('ValidationError'), { minItems: 1 }) },
  { $id: 'HTTPValidationError' },
);

export type ValidationError = Static<typeof ValidationError>;
