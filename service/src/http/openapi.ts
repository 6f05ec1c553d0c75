import type { TSchema } from '@sinclair/typebox';
import { Alive, DateOfBirth, Greeting, UsernameParams } from '../greeting/model.ts';
import { ErrorResponse, HTTPValidationError, ValidationError } from './error-response.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { OVERLOADED } from './responses.ts';

const schemas = {
  Alive,
  DateOfBirth,
  Greeting,
  ValidationError,
  ErrorResponse,
  HTTPValidationError,
};

const ref = (name: keyof typeof schemas) => ({ $ref: `#/components/schemas/${name}` });

const json = (name: keyof typeof schemas, examples: Record<string, unknown>) => ({
  'application/json': {
    schema: ref(name),
    examples: Object.fromEntries(Object.entries(examples).map(([key, value]) => [key, { value }])),
  },
});

const response = (
  description: string,
  name?: keyof typeof schemas,
  examples: Record<string, unknown> = {},
  headers: Record<string, unknown> = {},
) => ({
  description,
  headers: { 'Cache-Control': { schema: { const: 'no-store' } }, ...headers },
  ...(name && { content: json(name, examples) }),
});

const usernameError = {
  type: 'string_pattern_mismatch',
  loc: ['path', 'username'],
  msg: "String should match pattern '^[A-Za-z]+$'",
  input: 'C4sey',
};

const commonErrors = {
  500: response('A fault of the service.', 'ErrorResponse', {
    fault: { detail: 'Internal Server Error' },
  }),
  503: response(
    'The store can not answer now, or too many requests are worked on.',
    'ErrorResponse',
    { unavailable: { detail: 'Service Unavailable' }, overload: { detail: OVERLOADED } },
    { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
  ),
};

const methodNotAllowed = (allow: string) => ({
  405: response(
    'The path has no such method.',
    'ErrorResponse',
    { method: { detail: 'Method Not Allowed' } },
    { Allow: { schema: { const: allow } } },
  ),
});

const options = (allow: string) => ({
  summary: 'The methods of this path',
  responses: {
    204: response('In the `Allow` header.', undefined, {}, { Allow: { schema: { const: allow } } }),
    ...commonErrors,
  },
});

const username = {
  name: 'username',
  in: 'path',
  required: true,
  description: UsernameParams.properties.username.description,
};

export interface OpenApiOptions {
  readonly title: string;
  /** Of the service. */
  readonly version: string;
  /** Path before every other, such as `/greetings`. */
  readonly basePath?: string;
  readonly maxBodyBytes?: number;
}

/** The OpenAPI 3.1 document of the public API, made of the models that validate it. */
export const openApiDocument = ({
  title,
  version,
  basePath = '',
  maxBodyBytes = DEFAULT_LIMITS.maxBodyBytes,
}: OpenApiOptions) => ({
  openapi: '3.1.1',
  info: {
    title,
    version,
    description:
      'Stores dates of birth and answers with the days to the next birthday. Whoever was born on 29 February has it on 28 February in common years. `HEAD` works wherever `GET` does. Unknown paths are answered 404.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: basePath || '/' }],
  tags: [{ name: 'greeting' }],
  paths: {
    '/': {
      get: {
        operationId: 'alive',
        tags: ['greeting'],
        summary: 'A sign of life',
        responses: {
          200: response('The service answers.', 'Alive', { alive: { message: "I'm alive!" } }),
          ...methodNotAllowed('GET, HEAD, OPTIONS'),
          ...commonErrors,
        },
      },
      options: {
        operationId: 'aliveOptions',
        tags: ['greeting'],
        ...options('GET, HEAD, OPTIONS'),
      },
    },
    '/hello/{username}': {
      parameters: [{ ...username, schema: toDocument(UsernameParams.properties.username) }],
      get: {
        operationId: 'greet',
        tags: ['greeting'],
        summary: 'Greets a user',
        responses: {
          200: response('The greeting.', 'Greeting', {
            today: { message: 'Hello, Casey! Happy birthday!' },
            otherwise: { message: 'Hello, Casey! Your birthday is in 5 day(s)' },
          }),
          404: response('Nothing is stored for this user.', 'ErrorResponse', {
            unknown: { detail: 'User Casey not found' },
          }),
          ...methodNotAllowed('GET, HEAD, PUT, OPTIONS'),
          422: response('The username is not valid.', 'HTTPValidationError', {
            username: { detail: [usernameError] },
          }),
          ...commonErrors,
        },
      },
      put: {
        operationId: 'saveDateOfBirth',
        tags: ['greeting'],
        summary: 'Stores or replaces the date of birth of a user',
        requestBody: {
          required: true,
          description: `At most ${maxBodyBytes} bytes. \`application/*+json\` or no content type is read as JSON, too.`,
          content: json('DateOfBirth', { dateOfBirth: { dateOfBirth: '1990-10-30' } }),
        },
        responses: {
          204: response('Stored; it survives a crash.'),
          400: response('The body ended too early.', 'ErrorResponse', {
            incomplete: { detail: 'The request body is incomplete' },
          }),
          ...methodNotAllowed('GET, HEAD, PUT, OPTIONS'),
          413: response(`The body is larger than ${maxBodyBytes} bytes.`, 'ErrorResponse', {
            large: { detail: 'Content Too Large' },
          }),
          415: response('The content type is not JSON.', 'ErrorResponse', {
            type: { detail: 'Unsupported Media Type: send application/json' },
          }),
          422: response('Every fault of path and body.', 'HTTPValidationError', {
            missing: {
              detail: [
                { type: 'missing', loc: ['body', 'dateOfBirth'], msg: 'Field required', input: {} },
              ],
            },
            future: {
              detail: [
                {
                  type: 'value_error',
                  loc: ['body', 'dateOfBirth'],
                  msg: 'Value error, Date of birth cannot be in the future',
                  input: '9999-12-31',
                },
              ],
            },
            both: {
              detail: [
                usernameError,
                {
                  type: 'date_from_datetime_parsing',
                  loc: ['body', 'dateOfBirth'],
                  msg: 'Input should be a valid date in the format YYYY-MM-DD, not before 1000-01-01',
                  input: '2001-02-29',
                },
              ],
            },
            malformed: {
              detail: [
                { type: 'json_invalid', loc: ['body'], msg: 'JSON decode error', input: {} },
              ],
            },
          }),
          ...commonErrors,
        },
      },
      options: {
        operationId: 'helloOptions',
        tags: ['greeting'],
        ...options('GET, HEAD, PUT, OPTIONS'),
        // Any username has the same methods.
        parameters: [{ ...username, schema: { type: 'string' } }],
      },
    },
  },
  components: {
    schemas: Object.fromEntries(
      Object.entries<TSchema>(schemas).map(([name, schema]) => [name, toDocument(schema)]),
    ),
  },
});

/** A model without what only TypeBox and Elysia read, its references pointing at the document's components. */
const toDocument = (schema: TSchema): unknown =>
  JSON.parse(
    JSON.stringify(schema, (key, value) =>
      key === '$id' || key === 'error'
        ? undefined
        : key === '$ref'
          ? `#/components/schemas/${value}`
          : value,
    ),
  );
