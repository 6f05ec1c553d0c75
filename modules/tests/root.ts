/** Inputs of a module. */
export type Inputs = Readonly<Record<string, unknown>>;

/** The account of every simulated test. */
export const ACCOUNT_ID = '123456789012';

/** A root module that calls a module of the repository in a region, as the files that `Simulation.root` takes. */
export const callModule = (
  module: string,
  inputs: Inputs,
  region = 'eu-west-1',
): Record<string, string> => ({
  'main.tf.json': JSON.stringify({
    provider: { aws: { region } },
    module: { tested: { source: `./modules/${module}`, ...inputs } },
  }),
});
