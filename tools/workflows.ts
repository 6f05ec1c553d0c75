/** The workflows of GitHub Actions as data. */
import { join } from 'node:path';
import { Glob } from 'bun';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dir, '../.github/workflows');

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly name?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  /** None in a job that calls a workflow. */
  readonly steps?: readonly Step[];
  readonly uses?: string;
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: object;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Every workflow by its file, with its text. */
export const workflows = async (): Promise<
  ReadonlyMap<string, { readonly text: string; readonly workflow: Workflow }>
> => {
  const found = new Map<string, { text: string; workflow: Workflow }>();
  for (const file of [...new Glob('*.yaml').scanSync({ cwd: FOLDER })].toSorted()) {
    const text = await Bun.file(join(FOLDER, file)).text();
    found.set(file, { text, workflow: parse(text) });
  }
  return found;
};

/** The environments that some jobs run in, by the names that their matrix, or that of who calls their workflow, gives; `none`. */
export const environmentsOf = (
  found: Awaited<ReturnType<typeof workflows>>,
  which: (job: Job) => boolean,
): readonly string[] => {
  const all = [...found.values()].flatMap(({ workflow }) => Object.values(workflow.jobs));
  const names = [...found].flatMap(([file, { workflow }]) => {
    const callers = all.filter(({ uses }) => uses?.endsWith(`/${file}`));
    return Object.values(workflow.jobs)
      .filter(which)
      .flatMap(({ environment = 'none', strategy }) => {
        const matrices = [strategy, ...callers.map((caller) => caller.strategy)];
        const given = matrices.flatMap((each) => each?.matrix.environment ?? []);
        return (given.length > 0 ? given : ['']).map((name) =>
          environment.replace(/\$\{\{ (matrix|inputs)\.environment \}\}/, name),
        );
      });
  });
  return [...new Set(names)].toSorted();
};
