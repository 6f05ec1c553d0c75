import type { Alarm } from '../alarm.ts';

const HOUR_MILLISECONDS = 3_600_000;

/**
 * The time that a report looks at, until now: from an hour before the alarm, or from as long before as one figure of it
 * takes (a day for what comes twice a day).
 */
export const windowOf = ({
  since,
  metrics,
}: Alarm): { readonly from: Date; readonly until: Date } => {
  const periods = metrics.map(({ metricStat }) => (metricStat?.period ?? 0) * 1000);
  return {
    from: new Date(since.getTime() - Math.max(HOUR_MILLISECONDS, ...periods)),
    until: new Date(),
  };
};

/** Such as `10:02`, or `2026-11-22 10:02` when it is not of the alarm's day. */
export const timeOf = ({ since }: Alarm, date: Date | undefined): string => {
  if (date === undefined) return '?';
  const [day, time] = date.toISOString().slice(0, 16).split('T') as [string, string];
  return since.toISOString().startsWith(day) ? time : `${day} ${time}`;
};
