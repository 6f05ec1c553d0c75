import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { packFunction } from '../../tools/lambda.ts';

/** A Lambda function's archive, unpacked; each call runs it in a Node process of its own. */
export interface PackedFunction {
  /** Resolves with what it wrote, and at its end what the function returned, as JSON. @throws FunctionError */
  invoke(event: object): Promise<string>;
  remove(): void;
}

/** The function threw. */
export class FunctionError extends Error {
  override name = 'FunctionError';
}

const TIMEOUT_MILLISECONDS = 60_000;

/** Calls `handler` as Lambda does. */
const RUN = `
const { handler } = await import(process.argv[1]);
try {
  const result = await handler(JSON.parse(process.argv[2]));
  if (result !== undefined) console.log(JSON.stringify(result));
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
`;

export const unpackFunction = async (
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<PackedFunction> => {
  const path = mkdtempSync(join(tmpdir(), 'hello-test-'));
  for (const [name, content] of Object.entries(unzipSync(await packFunction(folder))))
    writeFileSync(join(path, name), content);
  return {
    invoke: async (event) => {
      const child = Bun.spawn(
        [
          ...['node', '--input-type=module', '--eval', RUN],
          ...[join(path, 'index.mjs'), JSON.stringify(event)],
        ],
        {
          cwd: path,
          // Nothing of this process's: a function knows only what it is given.
          env: { PATH: process.env.PATH, AWS_REGION: 'eu-west-1', ...CREDENTIALS, ...environment },
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: TIMEOUT_MILLISECONDS,
          killSignal: 'SIGKILL',
        },
      );
      const [status, output, errors] = await Promise.all([
        child.exited,
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      if (status !== 0) throw new FunctionError(errors.trim());
      return errors + output;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
};

/** Nobody's: the stand-in asks for none, but the SDK signs. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'nothing' };
