/** What the function is told by its environment. */
export interface RotationSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Name of the secret of the master user. */
  readonly masterSecret: string;
}

/** @throws Error that names the variable which is missing */
export const settings = (): RotationSettings => ({
  host: variable('DATABASE_HOST'),
  port: Number(variable('DATABASE_PORT')),
  database: variable('DATABASE_NAME'),
  masterSecret: variable('MASTER_SECRET'),
});

const variable = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
