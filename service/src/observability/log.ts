import pino from 'pino';

/** Writes JSON lines; never what a client sent, and no credential. */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'flush'>;

/** A log on standard output. */
export const createLog = (level: string): Log =>
  pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 1, sync: false }),
  );
