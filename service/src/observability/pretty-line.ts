/** A JSON line for people: time of day, level, message, then the other fields as `name=value`. */
export const pretty = (json: string): string => {
  const { time, level, message, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${text(value)}`);
  return `${[String(time).slice(11, -1), String(level).toUpperCase().padEnd(5), message, ...rest].join(' ')}\n`;
};

/** A value without the quotes that it needs only when it has spaces. */
const text = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
