import type { Contender, Running } from './contenders.ts';

/**
 * Asserts that contenders greet a user with the same bytes, and that those that validate refuse what is no username.
 * @throws Error that names the first that differs
 */
export const assertSameBytes = async (
  contenders: readonly (readonly [Contender, Running])[],
  usernames: readonly string[],
): Promise<void> => {
  for (const username of usernames) {
    let expected: string | undefined;
    for (const [{ name }, { url }] of contenders) {
      const answer = await fetch(`${url}/hello/${username}`);
      const [type] = (answer.headers.get('content-type') ?? '').split(';');
      const greeting = `${answer.status} ${type} ${await answer.text()}`;
      expected ??= greeting;
      if (greeting !== expected)
        throw new Error(`${name} answers ${greeting}, and not ${expected}`);
    }
  }
  for (const [{ name, validates }, { url }] of contenders) {
    if (!validates) continue;
    const { status } = await fetch(`${url}/hello/Ca5ey`);
    // 404 is the answer to a user that is unknown.
    if (status !== 400 && status !== 422)
      throw new Error(`${name} does not refuse Ca5ey: ${status}`);
  }
};
