import { type AlarmEvent, readAlarm, startsWork } from './alarm.ts';
import { askAll } from './ask.ts';
import { publish } from './publish.ts';
import { rings } from './questions/alarms.ts';
import { questionsAbout } from './questions/index.ts';
import { subjectOf, writeReport } from './report.ts';
import { settings } from './settings.ts';

/**
 * Reports what can be seen when an alarm goes off, and changes nothing. Lambda tries again what throws, so that an event
 * may be reported twice; both reports then have its id.
 */
export const handler = async (event: AlarmEvent): Promise<void> => {
  const alarm = readAlarm(event);
  if (!startsWork(alarm)) {
    console.info({ message: 'nothing to report', alarm: alarm.name, state: alarm.state });
    return;
  }
  if (!(await rings(alarm))) {
    console.info({ message: 'a composite alarm rings for it', alarm: alarm.name });
    return;
  }
  const answers = await askAll(questionsAbout(alarm), settings().deadlineMilliseconds);
  await publish(subjectOf(alarm), writeReport(alarm, answers, settings().runbookUrl));
  const unanswered = answers.filter(({ failure }) => failure).map(({ title }) => title);
  console.info({ message: 'reported', alarm: alarm.name, report: alarm.eventId, unanswered });
};
