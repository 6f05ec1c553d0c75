import { expect, test } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const COMMENT = join(import.meta.dir, '../comment.ts');

test('a pull request has one comment of a kind, which is written anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-comment-'));
  try {
    const [calls, comments, file] = ['calls', 'comments', 'table.md'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    // Stands in for GitHub's program: notes how it is called, and knows the comments of a file.
    mkdirSync(join(folder, 'bin'));
    const gh = join(folder, 'bin/gh');
    writeFileSync(
      gh,
      `#!/bin/sh\necho "$@" >> '${calls}'\n[ "$2" != --paginate ] || cat '${comments}'\n`,
    );
    chmodSync(gh, 0o755);
    const comment = (...words: readonly string[]) => {
      writeFileSync(calls, '');
      const { exitCode, stderr } = Bun.spawnSync([process.execPath, COMMENT, ...words], {
        env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
      });
      return { status: exitCode, errors: stderr.toString() };
    };
    const called = async () => (await Bun.file(calls).text()).trim().split('\n');

    writeFileSync(file, '<!-- benchmark -->\n| figure |\n');
    writeFileSync(comments, '');
    expect(comment('7', file, 'benchmark')).toEqual({ status: 0, errors: '' });
    expect(await called()).toEqual([
      'api --paginate repos/{owner}/{repo}/issues/7/comments --jq .[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- benchmark -->"))) | .id',
      `api repos/{owner}/{repo}/issues/7/comments --field body=@${file} --silent`,
    ]);
    writeFileSync(comments, '1234\n5678\n');
    expect(comment('7', file, 'benchmark')).toEqual({ status: 0, errors: '' });
    expect((await called())[1]).toBe(
      `api --method PATCH repos/{owner}/{repo}/issues/comments/1234 --field body=@${file} --silent`,
    );

    expect(comment('7; id', file, 'benchmark')).toMatchObject({ status: 2 });
    expect(comment('7', file)).toMatchObject({ status: 2 });
    expect(comment('7', file, '"))) | .id')).toMatchObject({ status: 2 });
    // It would take the place of another workflow's comment.
    writeFileSync(file, '<!-- plan-prod -->\nNo changes\n');
    expect(comment('7', file, 'benchmark')).toEqual({
      status: 1,
      errors: `${file} must begin with the line <!-- benchmark -->\n`,
    });
    writeFileSync(file, `<!-- benchmark -->\n${'x'.repeat(65_536)}`);
    expect(comment('7', file, 'benchmark').errors).toContain(
      'has 65555 characters, GitHub takes 65536',
    );
    expect(await called()).toEqual(['']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
