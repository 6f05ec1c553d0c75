import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Glob, semver } from 'bun';
import packageJson from '../../package.json' with { type: 'json' };
import { PARTS, partOf, TOOLS, testFiles } from '../parts.ts';
import { INFRASTRUCTURE } from '../plan/store.ts';
import { environmentsOf, type Job, type Step, workflows } from '../workflows.ts';

const ROOT = join(import.meta.dir, '../..');
setDefaultTimeout(60_000);

/** Who is trusted with which role, and for how long. */
const ROLES = readFileSync(join(ROOT, 'modules/shared/delivery/main.tf'), 'utf8');

const found = await workflows();
const jobs = [...found].flatMap(([file, { workflow }]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file}, ${name}`, job })),
);
const stepsOf = (job: Job): readonly Step[] => job.steps ?? [];
const steps = jobs.flatMap(({ where, job }) => stepsOf(job).map((step) => ({ where, step })));

/** What actionlint and zizmor say of a folder with .github/workflows; empty for nothing. */
const findings = (folder: string): string => {
  const files = [...new Glob('.github/workflows/*.yaml').scanSync({ cwd: folder, dot: true })];
  return [
    // Both look for programs of the machine otherwise.
    ['actionlint/actionlint', '-oneline', '-shellcheck=', '-pyflakes=', ...files],
    ['zizmor/zizmor', '--offline', '--quiet', '--persona=pedantic', '--format=plain', '.github'],
  ]
    .map(([tool = '', ...words]) => {
      const { exitCode, stdout, stderr } = Bun.spawnSync([join(ROOT, 'tools', tool), ...words], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      return exitCode === 0 ? '' : `${stdout}${stderr}`;
    })
    .join('');
};

describe('the workflows', () => {
  test('are found', () => expect(found.size).toBeGreaterThanOrEqual(4));

  test('pass actionlint and zizmor, pedantic', () => expect(findings(ROOT)).toBe(''));

  test('start with no right, one run at a time for each purpose', () => {
    for (const [file, { workflow }] of found) {
      expect({ file, permissions: workflow.permissions }).toEqual({ file, permissions: {} });
      expect({ file, group: typeof workflow.concurrency?.group }).toEqual({
        file,
        group: 'string',
      });
    }
  });

  test('never run with rights for strangers, and know no secret', () => {
    for (const [file, { text, workflow }] of found) {
      expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
      expect(Object.keys(workflow.on)).not.toContain('workflow_run');
      expect({ file, secret: /\bsecrets\b/.test(text) }).toEqual({ file, secret: false });
    }
  });

  test('comment by what main has, not by the code of the pull request', () => {
    const commenting = jobs.filter(({ job }) =>
      stepsOf(job).some(({ run }) => run?.includes('tools/comment.ts')),
    );
    expect(commenting.map(({ where }) => where)).toEqual([
      'benchmark.yaml, comment',
      'plan.yaml, comment',
    ]);
    for (const { where, job } of commenting) {
      const refs = stepsOf(job)
        .filter(({ uses }) => uses?.startsWith('actions/checkout@'))
        .map((step) => step.with?.ref);
      expect({ where, refs }).toEqual({ where, refs: ['main'] });
      expect(job.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
    }
  });

  test('have jobs that end, with rights of their own', () => {
    for (const { where, job } of jobs) {
      // A job that calls a workflow ends with that one's.
      expect({ where, minutes: typeof job['timeout-minutes'] }).toEqual({
        where,
        minutes: job.uses ? 'undefined' : 'number',
      });
      expect({ where, permissions: typeof job.permissions }).toEqual({
        where,
        permissions: 'object',
      });
    }
  });

  test('get a role on AWS only in an environment, which the role asks for', () => {
    const environments = environmentsOf(found, (job) =>
      stepsOf(job).some(({ uses }) => uses?.startsWith('aws-actions/configure')),
    );
    // Those of the subjects that modules/shared/delivery trusts, by the inputs of its unit.
    const text = readFileSync(join(ROOT, 'stacks/units/shared/delivery.hcl'), 'utf8');
    const pushing = /push = \{\s*"\$\{local\.facts\.environment\}(\w+)" = \[/.exec(text)?.[1];
    const others = [...ROLES.matchAll(/"\$\{environment\}(-\w+)"[\],]/g)].map(([, end]) => end);
    const trusted = ['dev', 'prod'].flatMap((name) =>
      ['', pushing, ...others].map((end) => name + end),
    );
    expect(environments).toEqual(trusted.toSorted());
  });

  test('have a role for as long as they may run, no longer than it may be taken', () => {
    const longest = [...ROLES.matchAll(/max_session_duration\s+= (\d+)/g)].map(([, most]) => most);
    for (const { where, job } of jobs)
      for (const { uses, with: { 'role-duration-seconds': given = 3600 } = {} } of stepsOf(job)) {
        if (!uses?.startsWith('aws-actions/configure')) continue;
        const seconds = Number(job['timeout-minutes']) * 60;
        expect({ where, enough: Number(given) >= seconds }).toEqual({ where, enough: true });
        expect(['3600', ...longest]).toContain(String(given));
      }
  });

  test('take a Go that every tool can be built by, which setup-go lets fetch no newer one', () => {
    // Without its patch, a version isn't one for semver.
    const needed = (file: string): string =>
      /^go (\d+\.\d+(\.\d+)?)$/m
        .exec(readFileSync(join(ROOT, file), 'utf8'))?.[1]
        ?.replace(/^\d+\.\d+$/, '$&.0') ?? 'none';
    const tools = [...new Glob('tools/*/go.mod').scanSync(ROOT)].map(needed);
    const highest = tools.toSorted(semver.order).at(-1) ?? 'none';
    const taken = steps.flatMap(({ where, step }) =>
      step.uses?.startsWith('actions/setup-go@')
        ? [{ where, go: needed(String(step.with?.['go-version-file'])) }]
        : [],
    );
    expect(taken.length).toBeGreaterThan(4);
    expect(taken).toEqual(taken.map(({ where }) => ({ where, go: highest })));
  });

  test('about infrastructure start for what its plans are found by', () => {
    for (const [file, event] of [
      ['infrastructure-plan.yaml', 'pull_request'],
      ['infrastructure-apply.yaml', 'push'],
    ] as const) {
      const trigger = found.get(file)?.workflow.on[event] as { paths: string[] } | undefined;
      expect(trigger?.paths.map((path) => path.replace('/**', ''))).toEqual([...INFRASTRUCTURE]);
    }
  });

  test('pin an action by one commit, with its version', () => {
    const pins = new Map<string, string>();
    for (const [file, { text }] of found)
      for (const [, line = '', action = ''] of text.matchAll(/^\s*-? ?uses: ((\S+?)@.*)$/gm)) {
        expect({ file, line }).toEqual({
          file,
          line: expect.stringMatching(/^\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/),
        });
        expect(line).toBe(pins.get(action) ?? line);
        pins.set(action, line);
      }
    expect(pins.size).toBeGreaterThan(4);
  });

  test('set the statuses of a proposal that the rules ask for, as the jobs of the workflows that judge it', () => {
    const image = found.get('image.yaml')?.workflow.jobs;
    const contexts = ['ci', 'promotion'].flatMap((name) => {
      const { uses = '' } = image?.[name] ?? {};
      const judging = Object.values(found.get(uses.split('/').at(-1) ?? '')?.workflow.jobs ?? {});
      return judging.flatMap(({ name: job = '', strategy }) =>
        (strategy?.matrix.environment ?? ['']).map((environment) =>
          job.replace('${' + '{ matrix.environment }}', environment),
        ),
      );
    });
    const checks = ['ci', 'promotion (dev)', 'promotion (prod)'];
    expect(contexts.filter((context) => !context.startsWith('test ('))).toEqual(checks);
    expect(readFileSync(join(ROOT, 'docs/delivery-setup.md'), 'utf8')).toContain(
      'required checks `ci`, `promotion (dev)` and `promotion (prod)`',
    );
  });

  test('give a workflow that they call the rights of all its jobs, or GitHub starts nothing', () => {
    const calling = jobs.filter(({ job }) => job.uses);
    expect(calling.length).toBeGreaterThan(2);
    for (const { where, job } of calling) {
      const called = found.get(job.uses?.split('/').at(-1) ?? '')?.workflow.jobs ?? {};
      const needed = Object.assign(
        {},
        ...Object.values(called).map(({ permissions }) => permissions),
      );
      expect({ where, given: job.permissions }).toEqual({ where, given: needed });
    }
  });

  test('can be started by hand where a page does', () => {
    const page = readFileSync(join(ROOT, 'docs/delivery-setup.md'), 'utf8');
    const started = [...page.matchAll(/^gh workflow run (\S+)$/gm)].map(([, file = '']) => file);
    expect(started).toEqual(['infrastructure-apply.yaml', 'image.yaml']);
    for (const file of started)
      expect(Object.keys(found.get(file)?.workflow.on ?? {})).toContain('workflow_dispatch');
  });

  test('run commands of the repository, a line each', () => {
    const scripts = Object.keys(packageJson.scripts);
    for (const { where, step } of steps) {
      if (!step.run) continue;
      expect({ where, run: step.run }).toEqual({ where, run: expect.not.stringContaining('\n') });
      for (const [program] of step.run.matchAll(/\btools\/\S+/g))
        expect({ where, program, exists: existsSync(join(ROOT, program)) }).toEqual({
          where,
          program,
          exists: true,
        });
      for (const [, script = ''] of step.run.matchAll(/\bbun run (\S+)/g))
        expect(scripts).toContain(script);
    }
  });
});

describe('the checks see', () => {
  /** What they say of ci.yaml with a change. */
  const findingsWith = (change: (text: string) => string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'hello-workflows-'));
    try {
      mkdirSync(join(folder, '.github/workflows'), { recursive: true });
      const text = found.get('ci.yaml')?.text ?? '';
      expect(change(text)).not.toBe(text);
      writeFileSync(join(folder, '.github/workflows/ci.yaml'), change(text));
      return findings(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  for (const [what, change, finding] of [
    ['a misspelt key', (text) => text.replace('runs-on:', 'run-on:'), 'run-on'],
    [
      'input of strangers in a script',
      (text) => text.replace('"$PART"', '$' + '{{ github.head_ref }}'),
      'template-injection',
    ],
    ['an action by a tag', (text) => text.replace(/@[0-9a-f]{40} # v\S+/, '@v7'), 'unpinned-uses'],
    ['more rights than needed', (text) => text.replace('{}', 'write-all'), 'excessive-permissions'],
    [
      'a token that stays',
      (text) => text.replace('persist-credentials: false', 'clean: true'),
      'artipacked',
    ],
  ] as const satisfies readonly (readonly [string, (text: string) => string, string])[])
    test(what, () => expect(findingsWith(change)).toContain(finding));
});

describe('the parts of make test', () => {
  test('are those that ci runs', () =>
    expect(found.get('ci.yaml')?.workflow.jobs.test?.strategy?.matrix.part).toEqual([...PARTS]));

  test('have tests each', async () => {
    const files = await testFiles();
    expect(files).toContain('tools/test/workflows.test.ts');
    expect(new Set(files.map(partOf))).toEqual(new Set(PARTS));
  });

  test('have the tools that their tests call', async () => {
    const missing: string[] = [];
    for (const file of await testFiles()) {
      const text = await Bun.file(join(ROOT, file)).text();
      for (const { tool, parts } of TOOLS)
        if (text.includes(tool[0]) && !parts.includes(partOf(file)))
          missing.push(`${partOf(file)} has no ${tool[0]}, which ${file} calls`);
    }
    expect(missing).toEqual([]);
  });
});
