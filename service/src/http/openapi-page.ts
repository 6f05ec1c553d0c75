import { Elysia } from 'elysia';
import swaggerUi from 'swagger-ui-dist/package.json' with { type: 'json' };
import { PAGE_HEADERS } from './headers.ts';
import { type OpenApiOptions, openApiDocument } from './openapi.ts';

/** The version in the path lets caches keep the assets for ever. */
const ASSETS = `/openapi/assets/${swaggerUi.version}`;

/** Leaves out what this API has no use for, links and a choice of servers, and makes the rest fit a narrow screen. */
const STYLE = `.swagger-ui .response-col_links, .swagger-ui .scheme-container { display: none; }
.swagger-ui .opblock-section-header { flex-wrap: wrap; }
`;

/** Loaded at the first request, since the bundle takes 1.7 MB of memory. */
const assets = {
  'swagger-ui-bundle.js': {
    type: 'text/javascript; charset=utf-8',
    load: async () =>
      (await import('swagger-ui-dist/swagger-ui-bundle.js', { with: { type: 'text' } })).default,
  },
  'swagger-ui.css': {
    type: 'text/css; charset=utf-8',
    load: async () =>
      (await import('swagger-ui-dist/swagger-ui.css', { with: { type: 'text' } })).default,
  },
  'page.css': { type: 'text/css; charset=utf-8', load: async () => STYLE },
  'start.js': {
    type: 'text/javascript; charset=utf-8',
    load: async (basePath: string) =>
      `SwaggerUIBundle({ url: '${basePath}/openapi/json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, tryItOutEnabled: true, defaultModelsExpandDepth: 0 });`,
  },
};

/** The document, and a page that loads nothing from another host; both also at the paths that FastAPI has for them. */
export const openApiRoutes = (options: OpenApiOptions) => {
  const { title, basePath = '' } = options;
  const document = JSON.stringify(openApiDocument(options));
  const html = page(title, basePath);
  const app = new Elysia({ name: 'openapi' });
  for (const path of ['/openapi/json', '/openapi.json'])
    app.get(path, () => respond(document, 'application/json'));
  for (const path of ['/openapi', '/docs'])
    app.get(path, () => respond(html, 'text/html; charset=utf-8', PAGE_HEADERS));
  for (const [name, { type, load }] of Object.entries(assets))
    app.get(`${ASSETS}/${name}`, async () => respond(await load(basePath), type, ASSET_HEADERS));
  return app;
};

const ASSET_HEADERS = {
  'cache-control': 'public, max-age=31536000, immutable',
  'cross-origin-resource-policy': 'same-origin',
};

const respond = (body: string, type: string, headers: Record<string, string> = {}): Response =>
  new Response(body, { headers: { 'content-type': type, ...headers } });

const page = (title: string, basePath: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${basePath}${ASSETS}/swagger-ui.css">
<link rel="stylesheet" href="${basePath}${ASSETS}/page.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${basePath}${ASSETS}/swagger-ui-bundle.js"></script>
<script src="${basePath}${ASSETS}/start.js"></script>
</body>
</html>
`;

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
