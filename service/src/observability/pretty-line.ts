import type { LoggedError } from './logged-error.ts';

/**
 * A JSON line for people: time of day, level, message, then the other fields as `name=value`; of an error its code, and
 * its stack in lines of their own.
 */
export const pretty = (json: string): string => {
  const { time, level, message, error, ...others } = JSON.parse(json) as Line;
  const fields = error?.code === undefined ? others : { ...others, code: error.code };
  const line = [
    String(time).slice(11, -1),
    String(level).toUpperCase().padEnd(5),
    message,
    ...Object.entries(fields).map(([name, value]) => `${name}=${text(value)}`),
  ].join(' ');
  return `${[line, ...(error?.stack.split('\n') ?? [])].join('\n  ')}\n`;
};

interface Line extends Record<string, unknown> {
  readonly error?: LoggedError;
}

/** A value without the quotes that it needs only when it has spaces. */
const text = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
