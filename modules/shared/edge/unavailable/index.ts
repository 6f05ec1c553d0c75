/** An answer as Lambda's function URLs take it. */
interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What CloudFront shows, with the status 503, while an origin is down. It keeps the page by its cache policy; viewers
 * must not keep it.
 */
export const handler = async (): Promise<Answer> => ({
  statusCode: 200,
  headers: {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'retry-after': process.env.RETRY_AFTER_SECONDS ?? '',
  },
  body: process.env.BODY ?? '',
});
