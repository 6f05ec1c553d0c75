import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueryResultsCommand, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Alarm } from '../alarm.ts';
import type { Question } from '../ask.ts';
import { logs } from '../clients.ts';
import type { LogQuery } from '../settings.ts';
import { windowOf } from './window.ts';

const POLL_MILLISECONDS = 500;
const MAX_ROWS = 20;

/** What a query of Logs Insights finds in a region. */
export const logLines = (
  alarm: Alarm,
  region: string,
  title: string,
  { log_group_name, query }: LogQuery,
): Question => ({
  title: `Log in ${region}: ${title}`,
  ask: async (abortSignal) => {
    const { from, until } = windowOf(alarm);
    const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
    const { queryId } = await logs(region).send(
      new StartQueryCommand({
        logGroupName: log_group_name,
        queryString: query,
        startTime: seconds(from),
        endTime: seconds(until),
        limit: MAX_ROWS,
      }),
      { abortSignal },
    );
    for (;;) {
      const { status, results = [] } = await logs(region).send(
        new GetQueryResultsCommand({ queryId }),
        { abortSignal },
      );
      if (status === 'Complete')
        return results.map((row) =>
          row
            .filter(({ field }) => field !== '@ptr')
            .map(({ field, value }) => `${field}=${value}`)
            .join(' '),
        );
      if (status !== 'Running' && status !== 'Scheduled') throw new Error(`the query is ${status}`);
      await sleep(POLL_MILLISECONDS, undefined, { signal: abortSignal });
    }
  },
});
