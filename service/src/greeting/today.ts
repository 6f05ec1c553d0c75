/** Milliseconds since the Unix epoch; `Date.now` outside tests. */
export type Clock = () => number;

/** A calendar date (`YYYY-MM-DD`), and the instant at which another may begin. */
interface Day {
  readonly date: string;
  readonly until: number;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * A function that tells today's calendar date (`YYYY-MM-DD`) in an IANA time zone.
 * It reads the clock once a call, and reckons anew only when the date may have changed.
 */
export const todayIn = (timeZone: string, clock: Clock): (() => string) => {
  // Time zones take 10 ms of the start to load.
  const dayAt = timeZone === 'UTC' ? dayInUtc : (now: number) => dayInZone(timeZone, now);
  let from = 0;
  let day: Day = { date: '', until: 0 };
  return () => {
    const now = clock();
    // Before `from`, the clock was set back.
    if (now < from || now >= day.until) {
      day = dayAt(now);
      from = now;
    }
    return day.date;
  };
};

const dayInUtc = (now: number): Day => ({
  date: new Date(now).toISOString().slice(0, 10),
  until: (Math.floor(now / DAY_MILLISECONDS) + 1) * DAY_MILLISECONDS,
});

/** A day may end before midnight, or begin again after it, when clocks go forward or back. */
const dayInZone = (timeZone: string, now: number): Day => {
  const zoned = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const midnight = zoned.add({ days: 1 }).startOfDay().epochMilliseconds;
  const transition = zoned.getTimeZoneTransition('next')?.epochMilliseconds ?? midnight;
  return { date: zoned.toPlainDate().toString(), until: Math.min(midnight, transition) };
};
