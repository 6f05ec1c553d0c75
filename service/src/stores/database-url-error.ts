/** What is wrong with a database URL; the message is the remedy, without the URL. */
export class DatabaseUrlError extends Error {
  override name = 'DatabaseUrlError';
}
