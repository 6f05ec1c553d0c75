import type { Alarm } from '../alarm.ts';

const HOUR_MILLISECONDS = 3_600_000;

/** The time that a report looks at: from an hour before the alarm until now. */
export const windowOf = ({ since }: Alarm): { readonly from: Date; readonly until: Date } => ({
  from: new Date(since.getTime() - HOUR_MILLISECONDS),
  until: new Date(),
});

/** Of a day, such as `10:02`. */
export const timeOf = (date: Date | undefined): string => date?.toISOString().slice(11, 16) ?? '?';
