import { describe, expect, test } from 'bun:test';
import { createClient, expectedGreeting, newUsername } from '../support/client.ts';
import { startServer, type Target } from '../support/server.ts';

const todayIn = (timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date());

export const timeZone = ({ runtime }: Target): void =>
  describe('time zone', () => {
    // 26 hours apart: on every day one of the two differs from the date in UTC, and both from each other.
    for (const zone of ['Pacific/Kiritimati', 'Etc/GMT+12'])
      test(`"today" is meant in TIME_ZONE: ${zone}`, async () => {
        const environment = { TIME_ZONE: zone };
        const server = await startServer({ runtime, databaseUrl: 'memory:', environment });
        try {
          const client = createClient({ server });
          const username = newUsername();
          const [before, born] = [todayIn(zone), todayIn(zone)];
          expect((await client.put(username, { dateOfBirth: born })).status).toBe(204);
          const { json } = await client.get(`/hello/${username}`);
          const greetings = [before, todayIn(zone)].map((day) =>
            expectedGreeting(username, born, day),
          );
          expect(json).toBeOneOf(greetings);
          const dayAfterTomorrow = new Date(Date.parse(todayIn(zone)) + 2 * 86_400_000);
          const dateOfBirth = dayAfterTomorrow.toISOString().slice(0, 10);
          expect((await client.put(username, { dateOfBirth })).status).toBe(422);
        } finally {
          await server.stop();
        }
      }, 30_000);
  });
