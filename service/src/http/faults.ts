import type { TObject } from '@sinclair/typebox';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { Value } from '@sinclair/typebox/value';
import { DateOfBirth, UsernameParams } from '../greeting/model.ts';
import { isInFuture } from '../greeting/service.ts';
import type { Fault } from './problem.ts';

/** Every fault of a request to `/hello/{username}`, path and body together: Elysia stops at the first part that fails. */
export const requestFaults = (request: Request, body: unknown, today: string): Fault[] => [
  ...pathFaults(request.url),
  ...(request.method === 'PUT' ? bodyFaults(body, today) : []),
];

const pathFaults = (url: string): Fault[] => {
  const segment = /\/([^/?]+)\/?(?:\?.*)?$/.exec(url)?.[1] ?? '';
  return faultsOf('path', UsernameParams, { username: decode(segment) });
};

/** What is no percent-encoded UTF-8 stays as it was sent; it breaks the pattern of usernames. */
const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const bodyFaults = (body: unknown, today: string): Fault[] => {
  const faults = faultsOf('body', DateOfBirth, body);
  if (faults.length > 0) return faults;
  const { dateOfBirth } = body as DateOfBirth;
  return isInFuture(dateOfBirth, today) ? [futureFault(dateOfBirth)] : [];
};

/** The fault of a date of birth after today. */
export const futureFault = (dateOfBirth: string): Fault => ({
  type: 'value_error',
  loc: ['body', 'dateOfBirth'],
  msg: 'Value error, Date of birth cannot be in the future',
  input: dateOfBirth,
});

/** Every fault of a request whose body is missing. */
export const emptyBodyFaults = (url: string): Fault[] => [
  ...pathFaults(url),
  { type: 'missing', loc: ['body'], msg: 'Field required', input: null },
];

/** The fault of a body that is no JSON; it is told alone. */
export const malformedFault: Fault = {
  type: 'json_invalid',
  loc: ['body'],
  msg: 'JSON decode error',
  input: {},
};

/** The faults of one part of a request, the first of each field, in the order of the schema. */
const faultsOf = (part: 'path' | 'body', schema: TObject, input: unknown): Fault[] => {
  const faults = new Map<string, Fault>();
  for (const error of Value.Errors(schema, input))
    if (!faults.has(error.path)) faults.set(error.path, toFault(part, error, input));
  return [...faults.values()];
};

const toFault = (part: string, error: ValueError, whole: unknown): Fault => {
  const { schema, value: input } = error;
  const fault = (type: string, msg: string): Fault => ({
    type,
    loc: [part, ...error.path.split('/').slice(1)],
    msg,
    input,
  });
  switch (error.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return { ...fault('missing', 'Field required'), input: whole };
    case ValueErrorType.Object:
      return fault('model_attributes_type', 'Input should be a valid JSON object');
    case ValueErrorType.StringMaxLength:
      return fault('string_too_long', `String should have at most ${schema.maxLength} characters`);
    case ValueErrorType.StringPattern:
      return fault('string_pattern_mismatch', `String should match pattern '${schema.pattern}'`);
    case ValueErrorType.StringFormat:
      return fault(
        'date_from_datetime_parsing',
        'Input should be a valid date written YYYY-MM-DD, not before 1000-01-01',
      );
    default:
      return fault('date_type', 'Input should be a valid date written YYYY-MM-DD');
  }
};
