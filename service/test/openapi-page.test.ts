import { expect, test } from 'bun:test';
import { openApiRoutes } from '../src/http/openapi-page.ts';

test('the name of the service is text in the page, whatever it contains', async () => {
  const page = openApiRoutes({ title: `<script>"it's" & more`, version: '0.0.0' });
  const html = await (await page.handle(new Request('http://localhost/openapi'))).text();
  expect(html).toContain('<title>&#60;script&#62;&#34;it&#39;s&#34; &#38; more</title>');
});
