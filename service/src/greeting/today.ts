/** Milliseconds since the Unix epoch; `Date.now` outside tests. */
export type Clock = () => number;

/**
 * A function that tells today's calendar date (`YYYY-MM-DD`) in an IANA time zone.
 * It reads the clock once a call, and reckons anew only when the date may have changed.
 */
export const todayIn = (timeZone: string, clock: Clock): (() => string) => {
  let today = '';
  let [from, until] = [0, 0];
  return () => {
    const now = clock();
    // Before `from`, the clock was set back.
    if (now < from || now >= until) {
      const zoned = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
      today = zoned.toPlainDate().toString();
      from = now;
      until = nextChange(zoned);
    }
    return today;
  };
};

/** When the date may change: at midnight, or when clocks go forward or back, be it over midnight. */
const nextChange = (zoned: Temporal.ZonedDateTime): number =>
  Math.min(
    zoned.add({ days: 1 }).startOfDay().epochMilliseconds,
    zoned.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
  );
