/** Writes docs/openapi-page.png: the page as a browser shows it, with a greeting, on a day that is fixed. */
import { join } from 'node:path';
import { createFetch } from '../service/src/app.ts';
import { listenOnBun } from '../service/src/http/listen-on-bun.ts';
import { internalServerError } from '../service/src/http/responses.ts';
import { createMemoryStore } from '../service/src/stores/memory.ts';
import { chromiumMissing, startChromium } from '../service/test/support/chromium.ts';
import { observers } from '../service/test/support/observers.ts';

const HOST = 'hello.example';

const FILE = join(import.meta.dir, '../docs/openapi-page.png');

if (chromiumMissing) {
  console.error(chromiumMissing);
  process.exit(1);
}
const store = createMemoryStore();
await store.save('Casey', '1990-10-30');
const api = createFetch({ ...observers(), store, today: () => '2026-11-23' });
const server = listenOnBun(api, {
  ...{ hostname: '127.0.0.1', port: 0, idleMilliseconds: 30_000 },
  onError: internalServerError,
});
// A name in place of a port that differs each time.
const browser = await startChromium([
  `--host-resolver-rules=MAP ${HOST}:80 ${new URL(server.url).host}`,
]);
const page = await browser.newPage({ viewport: { width: 1100, height: 1330 } });
await page.goto(`http://${HOST}/openapi`);
const greeting = page.locator('.opblock-get:has([data-path="/hello/{username}"])');
await greeting.locator('.opblock-summary-control').click();
await greeting.getByPlaceholder('username').fill('Casey');
await greeting.getByRole('button', { name: 'Execute' }).click();
await greeting.locator('.live-responses-table').waitFor();
await page.mouse.move(0, 0);
await page.screenshot({ path: FILE, animations: 'disabled' });
await browser.close();
await server.stop();
