/** Milliseconds since the Unix epoch; `Date.now` outside tests. */
export type Clock = () => number;

/**
 * A function that tells today's calendar date (`YYYY-MM-DD`) in an IANA time zone.
 * It reads the clock once a call.
 */
export const todayIn =
  (timeZone: string, clock: Clock): (() => string) =>
  () =>
    Temporal.Instant.fromEpochMilliseconds(clock())
      .toZonedDateTimeISO(timeZone)
      .toPlainDate()
      .toString();
