import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { isoTime } from './iso-time.ts';
import { LogOutput } from './log-output.ts';
import { pretty } from './pretty-line.ts';
import { writeToStandardOutput } from './standard-output.ts';

/** Levels by weight. */
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof LEVELS)[number];

type Fields = Readonly<Record<string, unknown>>;

/** Writes a line: a message, before it fields that JSON can hold. */
interface Write {
  (message: string): void;
  (fields: Fields, message: string): void;
}

/** Writes JSON lines; never what a client sent, and no credential. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** A log, and what a process needs of it beyond writing messages. */
export interface ProcessLog extends Log {
  /** Writes a line that is JSON already, without its line feed; undefined when level `info` is off. */
  readonly infoLine: ((json: string) => void) | undefined;
  /** How many lines were lost because nobody read them or they couldn't be written. */
  dropped(): number;
  /** Resolves when all is written, or after a second. */
  flush(): Promise<void>;
}

/** A log on standard output: JSON lines, on a terminal readable ones. */
export const createLog = (level: LogLevel): ProcessLog => {
  const output = new LogOutput(writeToStandardOutput);
  process.once('exit', () => writeRest(output));
  return logTo(output, level, isatty(1));
};

/** A log on any output. */
export const logTo = (output: LogOutput, level: LogLevel, isPretty = false): ProcessLog => {
  const line = isPretty
    ? (json: string) => output.add(pretty(json))
    : (json: string) => output.add(`${json}\n`);
  const isOn = (name: LogLevel) => LEVELS.indexOf(name) >= LEVELS.indexOf(level);
  const writer = (name: LogLevel): Write =>
    isOn(name)
      ? (first: string | Fields, message?: string) => {
          const fields = typeof first === 'string' ? { message: first } : { ...first, message };
          line(JSON.stringify({ level: name, time: isoTime(Date.now()), ...fields }));
        }
      : () => {};
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    infoLine: isOn('info') ? line : undefined,
    dropped: () => output.dropped,
    flush: () => output.flush(),
  };
};

/** What was logged in the very moment in which the process ends. */
const writeRest = (output: LogOutput): void => {
  try {
    writeSync(1, output.takeUnwritten());
  } catch {
    // Nobody is left to be told.
  }
};

/** Writes nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
