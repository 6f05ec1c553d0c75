import { expect } from 'bun:test';
import type { Answer } from '../support/client.ts';

export interface ExpectedFault {
  readonly type: string;
  readonly loc: readonly string[];
  readonly msg?: string;
  readonly input: unknown;
}

/** A 422 that lists exactly these faults, in this order, each with `type`, `loc`, `msg` and `input` and nothing else. */
export const expectFaults = (answer: Answer, ...faults: readonly ExpectedFault[]): void => {
  expect(answer.status).toBe(422);
  const { detail, ...rest } = answer.json as { detail: Record<string, unknown>[] };
  expect(rest).toEqual({});
  expect(detail.map(({ msg, ...fault }) => fault)).toEqual(
    faults.map(({ type, loc, input }) => ({ type, loc: [...loc], input })),
  );
  for (const [index, { msg }] of faults.entries()) {
    expect(Object.keys(detail[index] ?? {}).toSorted()).toEqual(['input', 'loc', 'msg', 'type']);
    expect(detail[index]?.msg).toEqual(msg ?? expect.stringMatching(/^[A-Z].{9,}/));
  }
};

export const usernameFault = (input: string): ExpectedFault => ({
  type: 'string_pattern_mismatch',
  loc: ['path', 'username'],
  msg: "String should match pattern '^[A-Za-z]+$'",
  input,
});

export const longUsernameFault = (input: string): ExpectedFault => ({
  type: 'string_too_long',
  loc: ['path', 'username'],
  msg: 'String should have at most 64 characters',
  input,
});

const dateOfBirth = ['body', 'dateOfBirth'];

/** A string that is no date. */
export const dateFault = (input: string): ExpectedFault => ({
  type: 'date_from_datetime_parsing',
  loc: dateOfBirth,
  msg: 'Input should be a valid date in the format YYYY-MM-DD, not before 1000-01-01',
  input,
});

/** No string at all. */
export const dateTypeFault = (input: unknown): ExpectedFault => ({
  type: 'date_type',
  loc: dateOfBirth,
  msg: 'Input should be a valid date',
  input,
});

export const missingDateFault = (body: unknown): ExpectedFault => ({
  type: 'missing',
  loc: dateOfBirth,
  msg: 'Field required',
  input: body,
});

export const futureFault = (input: string): ExpectedFault => ({
  type: 'value_error',
  loc: dateOfBirth,
  msg: 'Value error, Date of birth cannot be in the future',
  input,
});

export const malformedFault: ExpectedFault = {
  type: 'json_invalid',
  loc: ['body'],
  msg: 'JSON decode error',
  input: {},
};

export const emptyBodyFault: ExpectedFault = {
  type: 'missing',
  loc: ['body'],
  msg: 'Field required',
  input: null,
};

export const notAnObjectFault = (input: unknown): ExpectedFault => ({
  type: 'model_attributes_type',
  loc: ['body'],
  msg: 'Input should be a valid dictionary or object to extract fields from',
  input,
});
