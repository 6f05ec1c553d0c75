import type { Alarm } from './alarm.ts';
import type { Answer } from './ask.ts';

/** SNS takes 262,144 bytes, https://docs.aws.amazon.com/sns/latest/api/API_Publish.html; nobody reads as much. */
const MAX_BYTES = 100_000;
const MAX_LINES = 20;
const MAX_LINE_LENGTH = 300;

/** SNS takes fewer than 100 printable ASCII characters. */
const MAX_SUBJECT_LENGTH = 99;

/** The subject of an alarm's report. */
export const subjectOf = ({ name, region }: Alarm): string =>
  `Report: ${name} in ${region}`.replaceAll(/[^ -~]/g, '?').slice(0, MAX_SUBJECT_LENGTH);

/** A report for people: the alarm first, then what was found, at last what could not be. */
export const writeReport = (
  alarm: Alarm,
  answers: readonly Answer[],
  runbookUrl: string,
): string => {
  const failed = answers.filter(({ failure }) => failure);
  const sections = [
    [
      `${alarm.name} in ${alarm.region} is in ALARM since ${utc(alarm.since)}.`,
      ...[alarm.description, alarm.reason].filter(Boolean).map(oneLine),
      ...(alarm.description.includes(runbookUrl) ? [] : [`Runbooks: ${runbookUrl}`]),
    ],
    ...answers
      .filter(({ failure }) => !failure)
      .map(({ title, lines }) => [`== ${title}`, ...(lines.length > 0 ? cut(lines) : ['nothing'])]),
    ...(failed.length > 0
      ? [['== Not known', ...failed.map(({ title, failure }) => oneLine(`${title}: ${failure}`))]]
      : []),
    [`Report ${alarm.eventId}, times in UTC. It was made by reading only; nothing was changed.`],
  ];
  return fit(sections.map((lines) => lines.join('\n')).join('\n\n'));
};

/** To the second, such as `2026-11-23 10:02:10 UTC`. */
export const utc = (date: Date): string =>
  `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const oneLine = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
};

const cut = (lines: readonly string[]): string[] => [
  ...lines.slice(0, MAX_LINES).map(oneLine),
  ...(lines.length > MAX_LINES ? [`… and ${lines.length - MAX_LINES} more`] : []),
];

const fit = (text: string): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_BYTES) return text;
  // A character that is cut in two becomes a replacement character.
  return `${bytes.subarray(0, MAX_BYTES).toString()}\n… cut: the report has ${bytes.length} bytes`;
};
