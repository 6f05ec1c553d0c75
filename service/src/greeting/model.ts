import { FormatRegistry, type Static, Type } from '@sinclair/typebox';
import { DATE_PATTERN, isCalendarDate } from './birthday.ts';

// Elysia's own `date` format takes 29 February of any year and other spellings.
FormatRegistry.Set('date', isCalendarDate);

/**
 * On every schema of a request: without it, Elysia writes the client's value into a message that nobody reads, and
 * fails where the value can't become text, such as `{"toString":1}`.
 */
const NO_DETAILS = { error: 'invalid' };

export const UsernameParams = Type.Object(
  {
    username: Type.String({
      ...NO_DETAILS,
      description: 'ASCII letters only; upper and lower case differ.',
      pattern: '^[A-Za-z]+$',
      maxLength: 64,
      examples: ['Casey'],
    }),
  },
  NO_DETAILS,
);

export const DateOfBirth = Type.Object(
  {
    dateOfBirth: Type.String({
      ...NO_DETAILS,
      description:
        'A calendar date written YYYY-MM-DD, from 1000-01-01 to today (in the time zone of the service).',
      format: 'date',
      pattern: DATE_PATTERN,
      examples: ['1990-10-30'],
    }),
  },
  {
    ...NO_DETAILS,
    $id: 'DateOfBirth',
    description: 'Unknown fields are ignored.',
    additionalProperties: true,
  },
);

export const Greeting = Type.Object(
  {
    message: Type.String({
      pattern:
        '^Hello, [A-Za-z]{1,64}! (Happy birthday!|Your birthday is in [1-9]\\d{0,2} day\\(s\\))$',
      examples: ['Hello, Casey! Your birthday is in 5 day(s)', 'Hello, Casey! Happy birthday!'],
    }),
  },
  { $id: 'Greeting', additionalProperties: false },
);

export const Alive = Type.Object(
  { message: Type.Literal("I'm alive!") },
  { $id: 'Alive', additionalProperties: false },
);

export type Greeting = Static<typeof Greeting>;
export type DateOfBirth = Static<typeof DateOfBirth>;
