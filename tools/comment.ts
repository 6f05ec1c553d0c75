/**
 * Writes a file of Markdown as a comment of a pull request: `bun tools/comment.ts NUMBER FILE KIND`. Its first line,
 * `<!-- KIND -->`, is how the comment is found that an earlier run wrote, which is then written anew. The file may come from
 * the pull request's code, so the workflow says the kind: no file takes the place of another's comment.
 */
import { gh } from './github.ts';

/** Characters that GitHub takes. */
const MOST = 65_536;

/** Who comments by a workflow's token. */
const AUTHOR = 'github-actions[bot]';

const comment = async (number: string, file: string, kind: string): Promise<void> => {
  const text = await Bun.file(file).text();
  const marker = `<!-- ${kind} -->`;
  if (text.split('\n')[0] !== marker) throw new Error(`${file} must begin with the line ${marker}`);
  if (text.length > MOST)
    throw new Error(`${file} has ${text.length} characters, GitHub takes ${MOST}`);
  const comments = `repos/{owner}/{repo}/issues/${number}/comments`;
  const found = await gh(
    ...['api', '--paginate', comments, '--jq'],
    `.[] | select(.user.login == "${AUTHOR}" and (.body | startswith("${marker}"))) | .id`,
  );
  const [present] = found.split('\n');
  await gh(
    'api',
    ...(present
      ? ['--method', 'PATCH', `repos/{owner}/{repo}/issues/comments/${present}`]
      : [comments]),
    ...['--field', `body=@${file}`, '--silent'],
  );
};

const [number = '', file, kind = '', ...others] = process.argv.slice(2);
if (!/^\d+$/.test(number) || !file || !/^[a-z-]+$/.test(kind) || others.length > 0) {
  console.error('usage: bun tools/comment.ts NUMBER FILE KIND, of a pull request');
  process.exit(2);
}
await comment(number, file, kind).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
