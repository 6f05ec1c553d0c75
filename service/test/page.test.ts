import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { binaryMissing } from './support/binary.ts';
import { chromiumMissing, startChromium } from './support/chromium.ts';
import { expectedGreeting, newUsername, onOneDay } from './support/client.ts';
import { type RunningServer, startServer } from './support/server.ts';

const DATE_OF_BIRTH = '1990-10-30';

/** A small telephone and a laptop, in pixels. */
const WIDTHS = [360, 1280];

if (chromiumMissing) test.skip(`the page in a browser: ${chromiumMissing}`, () => {});
else
  describe('the page in a browser', () => {
    let browser: Browser;
    let server: RunningServer;

    beforeAll(async () => {
      const runtime = binaryMissing ? 'bun' : 'binary';
      server = await startServer({ runtime, databaseUrl: 'memory:' });
      browser = await startChromium();
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    }, 30_000);

    /** Opens the page, runs `use`, and expects that nothing was asked of another host and nothing complained. */
    const onPage = async (width: number, use: (page: Page) => Promise<void>): Promise<void> => {
      const context = await browser.newContext({ viewport: { width, height: 740 } });
      try {
        const page = await context.newPage();
        const complaints: string[] = [];
        const hosts = new Set<string>();
        page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
        page.on('request', (request) => hosts.add(new URL(request.url()).origin));
        await page.goto(`${server.baseUrl}/openapi`);
        await operation(page, 'put').waitFor();
        await use(page);
        expect(complaints).toEqual([]);
        expect([...hosts]).toEqual([server.baseUrl]);
      } finally {
        await context.close();
      }
    };

    for (const width of WIDTHS) {
      test(`sends a PUT and a GET with the mouse, ${width} pixels wide`, async () => {
        await onPage(width, async (page) => {
          const username = newUsername();
          await operation(page, 'put').locator('.opblock-summary-control').click();
          await operation(page, 'put').getByPlaceholder('username').fill(username);
          await operation(page, 'put')
            .locator('textarea')
            .fill(JSON.stringify({ dateOfBirth: DATE_OF_BIRTH }));
          await operation(page, 'put').getByRole('button', { name: 'Execute' }).click();
          await expectAnswer(page, 'put', '204', '');
          await expectFits(page);
          await operation(page, 'get').locator('.opblock-summary-control').click();
          await operation(page, 'get').getByPlaceholder('username').fill(username);
          await operation(page, 'get').getByRole('button', { name: 'Execute' }).click();
          await onOneDay((today) =>
            expectAnswer(
              page,
              'get',
              '200',
              expectedGreeting(username, DATE_OF_BIRTH, today).message,
            ),
          );
          await expectFits(page);
        });
      }, 60_000);
    }

    test('sends a PUT and a GET with the keyboard alone', async () => {
      await onPage(1280, async (page) => {
        const username = newUsername();
        await tabTo(page, '.opblock-put .opblock-summary-control');
        await page.keyboard.press('Enter');
        await tabTo(page, '.opblock-put input[placeholder=username]');
        await page.keyboard.type(username);
        await tabTo(page, '.opblock-put textarea');
        await page.keyboard.press('ControlOrMeta+A');
        await page.keyboard.type(JSON.stringify({ dateOfBirth: DATE_OF_BIRTH }));
        await tabTo(page, '.opblock-put button.execute');
        await page.keyboard.press('Enter');
        await expectAnswer(page, 'put', '204', '');
        await tabTo(page, `${HELLO_GET} .opblock-summary-control`);
        await page.keyboard.press('Enter');
        await tabTo(page, `${HELLO_GET} input[placeholder=username]`);
        await page.keyboard.type(username);
        await tabTo(page, `${HELLO_GET} button.execute`);
        await page.keyboard.press('Enter');
        await onOneDay((today) =>
          expectAnswer(
            page,
            'get',
            '200',
            expectedGreeting(username, DATE_OF_BIRTH, today).message,
          ),
        );
      });
    }, 60_000);
  });

const HELLO_GET = '.opblock-get:has([data-path="/hello/{username}"])';

/** The part of the page about a method of `/hello/{username}`. */
const operation = (page: Page, method: 'get' | 'put') =>
  page.locator(method === 'get' ? HELLO_GET : '.opblock-put');

const expectAnswer = async (page: Page, method: 'get' | 'put', status: string, text: string) => {
  const answer = operation(page, method).locator('.live-responses-table .response');
  await answer.waitFor();
  expect(await answer.locator('.response-col_status').textContent()).toContain(status);
  expect(await answer.locator('.response-col_description').textContent()).toContain(text);
};

/** Presses Tab until an element has the focus, around the page at most once. */
const tabTo = async (page: Page, selector: string): Promise<void> => {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press('Tab');
    if (await page.locator(`${selector}:focus`).count()) return;
  }
  throw new Error(`the keyboard does not reach ${selector}`);
};

/** Expects that nothing is beyond the right or left edge, so that the page never scrolls sideways. */
const expectFits = async (page: Page): Promise<void> => {
  const beyond = await page.evaluate(`
    [...document.querySelectorAll('button, input, select, textarea, a')]
      .map((element) => ({ name: element.outerHTML.slice(0, 80), box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.left < 0 || box.right > innerWidth))
      .map(({ name }) => name)
  `);
  expect(beyond).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
};
