import type { TObject } from '@sinclair/typebox';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { Value } from '@sinclair/typebox/value';
import { DateOfBirth, UsernameParams } from '../greeting/model.ts';
import { isInFuture } from '../greeting/service.ts';
import type { ValidationError } from './error-response.ts';

/** Every fault of a request to `/hello/{username}`, path and body together: Elysia stops at the first part that fails. */
export const requestErrors = (
  request: Request,
  body: unknown,
  today: string,
): ValidationError[] => [
  ...pathErrors(request.url),
  ...(request.method === 'PUT' ? bodyErrors(body, today) : []),
];

const pathErrors = (url: string): ValidationError[] => {
  const segment = /\/([^/?]+)\/?(?:\?.*)?$/s.exec(url)?.[1] ?? '';
  return errorsOf('path', UsernameParams, { username: decode(segment) });
};

/** What is no percent-encoded UTF-8 stays as it was sent; it breaks the pattern of usernames. */
export const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const bodyErrors = (body: unknown, today: string): ValidationError[] => {
  const faults = errorsOf('body', DateOfBirth, body);
  if (faults.length > 0) return faults;
  const { dateOfBirth } = body as DateOfBirth;
  return isInFuture(dateOfBirth, today) ? [futureDateError(dateOfBirth)] : [];
};

/** The fault of a date of birth after today. */
export const futureDateError = (dateOfBirth: string): ValidationError => ({
  type: 'value_error',
  loc: ['body', 'dateOfBirth'],
  msg: 'Value error, Date of birth cannot be in the future',
  input: dateOfBirth,
});

/** Every fault of a request whose body is missing. */
export const emptyBodyErrors = (url: string): ValidationError[] => [
  ...pathErrors(url),
  { type: 'missing', loc: ['body'], msg: 'Field required', input: null },
];

/** The fault of a body that is no JSON; it is told alone. */
export const invalidJson: ValidationError = {
  type: 'json_invalid',
  loc: ['body'],
  msg: 'JSON decode error',
  input: {},
};

/** The faults of one part of a request, the first of each field, in the order of the schema. */
const errorsOf = (part: 'path' | 'body', schema: TObject, input: unknown): ValidationError[] => {
  const faults = new Map<string, ValidationError>();
  for (const error of Value.Errors(schema, input))
    if (!faults.has(error.path)) faults.set(error.path, toValidationError(part, error, input));
  return [...faults.values()];
};

const toValidationError = (part: string, error: ValueError, whole: unknown): ValidationError => {
  const { schema, value: input } = error;
  const fault = (type: string, msg: string): ValidationError => ({
    type,
    loc: [part, ...error.path.split('/').slice(1)],
    msg,
    input,
  });
  switch (error.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return { ...fault('missing', 'Field required'), input: whole };
    case ValueErrorType.Object:
      return fault(
        'model_attributes_type',
        'Input should be a valid dictionary or object to extract fields from',
      );
    case ValueErrorType.String:
      return fault('date_type', 'Input should be a valid date');
    case ValueErrorType.StringMaxLength:
      return fault('string_too_long', `String should have at most ${schema.maxLength} characters`);
  }
  return schema.format === 'date'
    ? fault(
        'date_from_datetime_parsing',
        'Input should be a valid date in the format YYYY-MM-DD, not before 1000-01-01',
      )
    : fault('string_pattern_mismatch', `String should match pattern '${schema.pattern}'`);
};
