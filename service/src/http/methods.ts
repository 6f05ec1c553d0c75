import { Elysia } from 'elysia';
import { noContent, problem } from './answers.ts';

/** Answers OPTIONS, and every method that `path` doesn't have with 405, naming the ones it has. */
export const allowOnly = (path: string, methods: readonly ('GET' | 'PUT')[]) => {
  const allow = [
    ...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
    'OPTIONS',
  ].join(', ');
  return new Elysia()
    .options(path, () => noContent({ allow }))
    .all(path, () => problem(405, 'Method Not Allowed', { allow }));
};
