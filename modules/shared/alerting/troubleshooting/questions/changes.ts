import { type Event, type LookupAttribute, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { Alarm } from '../alarm.ts';
import type { Question } from '../ask.ts';
import { cloudTrail } from '../clients.ts';
import { timeOf, windowOf } from './window.ts';

/** The newest 50, one page; the API allows two calls a second, and one attribute a call. */
const MAX_RESULTS = 50;

/** Deploys are asked for by themselves: what controllers write all the time can fill a page. */
const LOOKUPS: readonly LookupAttribute[] = [
  { AttributeKey: 'EventName', AttributeValue: 'PutImage' },
  { AttributeKey: 'ReadOnly', AttributeValue: 'false' },
];
const RESOURCES_NAMED = 3;

/** What was changed in a region, the newest first: deploys among it, by image and by plan. Who did it is not told. */
export const changesIn = (alarm: Alarm, region: string): Question => ({
  title: `Changes in ${region}, by CloudTrail`,
  ask: async (abortSignal) => {
    const { from, until } = windowOf(alarm);
    const pages = await Promise.all(
      LOOKUPS.map((attribute) =>
        cloudTrail(region).send(
          new LookupEventsCommand({
            LookupAttributes: [attribute],
            StartTime: from,
            EndTime: until,
            MaxResults: MAX_RESULTS,
          }),
          { abortSignal },
        ),
      ),
    );
    const events = new Map(
      pages.flatMap(({ Events = [] }) => Events).map((event) => [event.EventId, event]),
    );
    const kinds = new Map<string, Event[]>();
    for (const event of events.values()) {
      const kind = `${event.EventSource} ${event.EventName}`;
      kinds.set(kind, [...(kinds.get(kind) ?? []), event]);
    }
    return [...kinds].map(([kind, events]) => {
      const times = events.length > 1 ? `${events.length} times, ` : '';
      return [
        `${times}last ${timeOf(alarm, events[0]?.EventTime)} ${kind}`,
        ...resourcesOf(events),
      ].join(' ');
    });
  },
});

/** Without people: users and keys of IAM are named after them. */
const resourcesOf = (events: readonly Event[]): string[] => {
  const names = events
    .flatMap(({ Resources = [] }) => Resources)
    .filter(
      ({ ResourceType }) => !/::(User|AccessKey|MfaDevice|AssumedRole)/i.test(ResourceType ?? ''),
    )
    .flatMap(({ ResourceName }) => ResourceName ?? []);
  return [...new Set(names)].slice(0, RESOURCES_NAMED);
};
