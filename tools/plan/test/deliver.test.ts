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
    const before = await tree.git('rev-parse', 'HEAD');
    bucket.objects.set(applied, before);
    for (const module of ['dns', 'registry', 'state'])
      await tree.edit(`modules/shared/${module}/main.tf`, (text) => `# Changed.\n${text}`);
    const head = await tree.commit('Change three modules');
    const deliver = () => callIn(tree, settings, 'tools/plan/deliver.ts', 'dev', 'build/delivered');

    // Nobody has seen a plan: it is kept for who starts the next run.
    const unseen = await deliver();
    expect(unseen).toMatchObject({ status: 3, errors: '' });
    expect(unseen.output).toContain(
      'dev/global/shared/state: changed; a person plans and applies it',
    );
    expect(unseen.output).toContain(`${dns} would do something else than was reviewed`);
    expect(await tree.simulation.resources()).toEqual([]);
    const [, key] = [...bucket.objects.keys()];
    expect(key).toMatch(new RegExp(`^${BUCKET}/plans/dev/[0-9a-f]{64}/${dns}.json$`));

    // Reviewed; what came to main beside it is no matter.
    await tree.edit('README.md', (text) => `${text}\n`);
    const later = await tree.commit('Change what no plan is of');
    expect(
      await callIn(tree, settings, 'tools/plan/affected.ts', 'dev', before, 'build/reviewed'),
    ).toMatchObject({ status: 0, output: expect.stringContaining('### dev/global/shared/state') });
    expect(
      await callIn(tree, settings, 'tools/plan/keep.ts', 'dev', 'build/reviewed'),
    ).toMatchObject({
      status: 0,
      output: expect.stringContaining(`${registry}: kept`),
    });
    expect(bucket.objects.size).toBe(3);

    // It breaks off half-way: nothing is said to be applied.
    tree.simulation.faults({ deny: ['create aws_ecr_lifecycle_policy'] });
    const broken = await deliver();
    expect(broken).toMatchObject({ status: 1, errors: expect.stringContaining('lifecycle') });
    expect(broken.output).toEndWith(`${dns}: applied\n`);
    expect(bucket.objects.get(applied)).toBe(before);

    // What is left to do is another plan than the reviewed one.
    tree.simulation.faults({});
    const rest = await deliver();
    expect(rest).toMatchObject({ status: 3 });
    expect(rest.output).toContain(`${dns}: nothing to do\n${registry} would do something else`);
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
  },
  LIMIT,
);
