let second = Number.NaN;
let prefix = '';

/** A time as `2026-11-23T03:26:29.123Z`. All but the milliseconds is made once a second: `toISOString` takes 0.3 µs. */
export const isoTime = (milliseconds: number): string => {
  const ofSecond = milliseconds % 1_000;
  if (milliseconds - ofSecond !== second) {
    second = milliseconds - ofSecond;
    prefix = new Date(second).toISOString().slice(0, -4);
  }
  return `${prefix}${String(ofSecond).padStart(3, '0')}Z`;
};
