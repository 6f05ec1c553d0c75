import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createClient, newUsername } from '../support/client.ts';
import { databaseUrlIn, startServer, type Target, temporaryFolder } from '../support/server.ts';

export const storeFaults = (target: Target): void => {
  test('while the database is locked PUT is 503 and GET answers; then all is well again', async () => {
    const { runtime, environment } = target;
    const folder = temporaryFolder();
    const databaseUrl = databaseUrlIn(folder.path, target);
    const server = await startServer({ runtime, databaseUrl, environment });
    try {
      const client = createClient({ server });
      const username = newUsername();
      const put = () => client.put(username, { dateOfBirth: '1990-10-30' });
      expect((await put()).status).toBe(204);
      const greeting = await client.get(`/hello/${username}`);

      const other = new DatabaseSync(join(folder.path, 'hello.db'));
      other.exec('begin exclusive');
      // Many at once wait together, and hold up nobody else.
      const waiting = Array.from({ length: 20 }, () => put());
      const live = fetch(`${server.managementUrl}/livez`).then(({ status }) => status);
      expect(await Promise.race([live, Promise.race(waiting).then(() => 'late')])).toBe(200);
      const [locked = await put()] = await Promise.all(waiting);
      expect(locked.status).toBe(503);
      expect(locked.json).toEqual({ detail: 'Service Unavailable' });
      expect(locked.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      const read = await client.get(`/hello/${username}`);
      expect([read.status, read.json]).toEqual([200, greeting.json]);
      expect((await client.put(username, { dateOfBirth: '9999-12-31' })).status).toBe(422);
      other.exec('rollback');
      other.close();

      expect((await put()).status).toBe(204);
      expect(await server.stop()).toBe(0);
      if (runtime !== 'in-process') {
        const errors = server.output().match(/^.*"level":"error".*$/gm) ?? [];
        expect(errors).toHaveLength(waiting.length);
        expect(errors[0]).toContain('database is locked');
        expect(errors.join()).not.toContain(username);
      }
    } finally {
      await server.stop();
      folder.remove();
    }
  }, 40_000);

  test('data are there after a restart', async () => {
    const { runtime, environment } = target;
    const folder = temporaryFolder();
    const options = { runtime, environment, databaseUrl: databaseUrlIn(folder.path, target) };
    const username = newUsername();
    try {
      for (const status of [404, 200]) {
        const server = await startServer(options);
        try {
          const client = createClient({ server });
          expect((await client.get(`/hello/${username}`)).status).toBe(status);
          await client.put(username, { dateOfBirth: '1990-10-30' });
        } finally {
          await server.stop();
        }
      }
    } finally {
      folder.remove();
    }
  }, 40_000);
};
