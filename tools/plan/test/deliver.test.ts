import { afterAll, beforeAll, expect, setDefaultTimeout } from 'bun:test';
import { ENVIRONMENTS, LIMIT, plantTree, type Tree } from '../../../live/test/tree.ts';
import { testWithSources } from '../../../modules/tests/sources.ts';
import { startBucket } from './bucket.ts';
import { callIn } from './call.ts';

setDefaultTimeout(LIMIT);

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree[Symbol.asyncDispose]());

testWithSources(
  'what main lacks is applied as it was reviewed, and stops for what was not',
  async () => {
    using bucket = startBucket();
    const settings = {
      ...{ AWS_ENDPOINT_URL: bucket.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    };
    const BUCKET = `hello-dev-state-${ENVIRONMENTS.dev}-us-east-1`;
    const applied = `${BUCKET}/dev/applied`;
    const [dns, registry] = ['dev/global/shared/dns', 'dev/global/shared/registry'];
    const change = async (...modules: readonly string[]): Promise<string> => {
      for (const module of modules)
        await tree.edit(`modules/shared/${module}/main.tf`, (text) => `# Changed.\n${text}`);
      return tree.commit(`Change ${modules}`);
    };
    const review = async (commit: string) => {
      const reviewed = await callIn(
        ...([tree, settings, 'tools/plan/affected.ts', 'dev', commit, 'build/reviewed'] as const),
      );
      const kept = await callIn(tree, settings, 'tools/plan/keep.ts', 'dev', 'build/reviewed');
      return [reviewed, kept].map(({ status, output }) => ({ status, output }));
    };
    const deliver = () => callIn(tree, settings, 'tools/plan/deliver.ts', 'dev', 'build/delivered');

    const before = await tree.git('rev-parse', 'HEAD');
    bucket.objects.set(applied, before);
    const head = await change('registry', 'state');

    // Nobody has seen a plan: it is kept for who starts the next run.
    const unseen = await deliver();
    expect(unseen).toMatchObject({ status: 3, errors: '' });
    expect(unseen.output).toContain('dev/global/shared/state: it or what it needs changed');
    expect(unseen.output).toContain(`${registry} would do something else than was reviewed`);
    expect(await tree.simulation.resources()).toEqual([]);
    const [, key] = [...bucket.objects.keys()];
    expect(key).toMatch(new RegExp(`^${BUCKET}/plans/dev/[0-9a-f]{64}/${registry}.json$`));

    // Reviewed beside; what came to main with it is no matter, and the plan that is there stays.
    await tree.edit('README.md', (text) => `${text}\n`);
    const later = await tree.commit('Change what no plan is of');
    expect(await review(before)).toEqual([
      { status: 0, output: expect.stringContaining('### dev/global/shared/state') },
      { status: 0, output: `${registry}: the plan of an earlier review of this code stays\n` },
    ]);
    expect(bucket.objects.size).toBe(2);

    // It breaks off half-way: nothing is said to be applied.
    tree.simulation.faults({ deny: ['create aws_ecr_lifecycle_policy'] });
    const broken = await deliver();
    expect(broken).toMatchObject({ status: 1, errors: expect.stringContaining('lifecycle') });
    expect(bucket.objects.get(applied)).toBe(before);

    // What is left to do is another plan than the reviewed one.
    tree.simulation.faults({});
    const rest = await deliver();
    expect(rest).toMatchObject({ status: 3 });
    expect(rest.output).toContain('create was reviewed, now nothing');
    const approved = await deliver();
    expect(approved).toMatchObject({ status: 0, errors: '' });
    expect(approved.output).toEndWith(`${registry}: applied\ndev: applied\n`);
    expect(bucket.objects.get(applied)).toBe(later);

    // Whose plan was reviewed isn't applied by an older commit.
    expect(await deliver()).toMatchObject({ status: 0, output: 'dev: applied\n' });
    await tree.git('checkout', '--quiet', head);
    expect(await deliver()).toMatchObject({
      status: 1,
      errors: `dev has ${later}, which HEAD doesn't come after: run on main\n`,
    });
    await tree.git('checkout', '--quiet', 'main');

    // The certificate, whose files are as they were, needs the zone.
    await change('dns');
    expect((await review(later))[1]?.output).toContain(`${dns}: kept\n`);
    const [certificate, needing] = ['dev/global/shared/certificate', await deliver()];
    expect(needing).toMatchObject({ status: 3, errors: '' });
    expect(needing.output).toContain(
      `${dns}: applied\n${certificate} would do something else than was reviewed`,
    );
    expect(bucket.objects.get(applied)).toBe(later);
  },
  LIMIT,
);
