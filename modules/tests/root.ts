/** Inputs of a module. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Blocks beside the module in its root, such as `resource`, as Terraform's JSON has them. */
export type Surroundings = Readonly<Record<string, unknown>>;

/** The account of every simulated test. */
export const ACCOUNT_ID = '123456789012';

/** A root module that calls a module of the repository in a region, as the files that `Simulation.root` takes. */
export const callModule = (
  module: string,
  inputs: Inputs,
  region = 'eu-west-1',
  surroundings: Surroundings = {},
): Record<string, string> => ({
  'main.tf.json': JSON.stringify({
    ...surroundings,
    provider: { aws: { region }, ...(surroundings.provider as object) },
    module: { tested: { source: `./modules/${module}`, ...inputs } },
  }),
});
