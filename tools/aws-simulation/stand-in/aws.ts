/** A stand-in for the `aws` command on the simulated account, as far as runbooks use it. Status: 0, 252 wrong usage, 254 refused. */
import { search } from '@jmespath-community/jmespath';
import { Account, ServiceError } from './account.ts';
import { readCall, type Shape, UsageError } from './arguments.ts';
import { operate } from './operations.ts';

/** Shapes an answer as the model says: only its members. */
function shaped(shape: Shape | undefined, value: unknown): unknown {
  if (value === undefined || value === null || !shape) return undefined;
  if (shape.type === 'list')
    return (value as unknown[]).map((element) => shaped(shape.member, element));
  if (!shape.members) return value;
  return Object.fromEntries(
    Object.entries(shape.members)
      .map(([name, member]) => [name, shaped(member, (value as Record<string, unknown>)[name])])
      .filter(([, member]) => member !== undefined),
  );
}

/** As `--output text` has it: a line a row, tabs between values. */
const asText = (value: unknown): string => {
  if (Array.isArray(value))
    return value.map(asText).join(value.some((v) => typeof v === 'object') ? '\n' : '\t');
  if (value !== null && typeof value === 'object')
    return Object.values(value).map(asText).join('\t');
  return value === null || value === undefined ? 'None' : String(value);
};

try {
  const call = readCall(process.argv.slice(2), process.env);
  const folder = process.env.AWS_SIMULATION_ACCOUNTS;
  if (!folder)
    throw new UsageError(
      'AWS_SIMULATION_ACCOUNTS is missing: the folder where the simulated accounts are',
    );
  const account = new Account(
    folder,
    process.env.AWS_SIMULATION_ACCOUNT_ID ?? '123456789012',
    call.region,
  );
  account.reach(call.operation);
  const answer = shaped(call.output, operate(call.operation, call.input, account)) ?? {};
  // biome-ignore lint/suspicious/noExplicitAny: the library's own type of a JSON value.
  const result = call.query ? search(answer as any, call.query) : answer;
  if (call.output)
    console.log(call.format === 'text' ? asText(result) : JSON.stringify(result, null, 4));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ServiceError)) throw error;
  console.error(`\naws: ${error.message}`);
  process.exitCode = error instanceof UsageError ? 252 : 254;
}
