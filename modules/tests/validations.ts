import { join } from 'node:path';
import type { Simulation } from '../../tools/aws-simulation/simulation.ts';
import type { Call } from './prove.ts';
import type { Inputs } from './root.ts';

/** What a validation refuses: changed inputs, and a part of the message. */
export type Refusal = readonly [changes: Inputs, message: string];

interface Diagnostic {
  readonly diagnostic?: { readonly severity: string; readonly detail: string };
}

const MODULES = join(import.meta.dir, '..');

/** Where in variables.tf a message comes from, as OpenTofu ends it. */
const RULE = /checked by the validation rule at .*variables\.tf:(\d+)/s;

/**
 * Plans a module's variables, without its resources, once for each refusal and once as they are right.
 * @returns what is wrong, a line each: a message that did not come, a validation that no refusal tried, right inputs
 * that were refused
 */
export const tryValidations = async (
  simulation: Simulation,
  { module, inputs: right, surroundings }: Call,
  refusals: readonly Refusal[],
): Promise<string[]> => {
  const variables = await Bun.file(join(MODULES, module, 'variables.tf')).text();
  const planned = async (calls: readonly Inputs[]) => {
    if (calls.length === 0) return [];
    const root = simulation.root({
      'variables/variables.tf': variables,
      'main.tf.json': JSON.stringify({
        ...surroundings,
        module: Object.fromEntries(
          calls.map((inputs, index) => [`call_${index}`, { source: './variables', ...inputs }]),
        ),
      }),
    });
    await simulation.run(root, 'init');
    const { stdout } = await simulation.tofu(root, 'plan', '-json');
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .flatMap((line) => (JSON.parse(line) as Diagnostic).diagnostic ?? [])
      .filter(({ severity }) => severity === 'error')
      .map(({ detail }) => detail);
  };

  const messagesOf = (tries: readonly Refusal[]) =>
    planned(tries.map(([changes]) => ({ ...right, ...changes })));
  const unheard = () =>
    refusals.filter(([, part]) => !messages.some((message) => message.includes(part)));
  const messages = await messagesOf(refusals);
  // Validations that compare variables are tried only when no other fails.
  messages.push(...(await messagesOf(unheard())));
  const tried = new Set(messages.map((message) => RULE.exec(message)?.[1]));
  const rules = variables
    .split('\n')
    .flatMap((line, index) => (line.trim() === 'validation {' ? [String(index + 1)] : []));
  return [
    ...(await planned([right])).map((message) => `refused, though right: ${message}`),
    ...unheard().map(([changes, part]) => `not refused: ${JSON.stringify(changes)} with "${part}"`),
    ...rules
      .filter((line) => !tried.has(line))
      .map((line) => `tried by no refusal: the validation at variables.tf:${line}`),
  ];
};
