/**
 * Writes a file of Markdown as a comment of a pull request: `bun tools/comment.ts NUMBER FILE`. Its first line, such as
 * `<!-- benchmark -->`, is how the comment is found that an earlier run wrote, which is then written anew.
 */
import { gh } from './github.ts';

/** Characters that GitHub takes. */
const MOST = 65_536;

/** Who comments by a workflow's token. */
const AUTHOR = 'github-actions[bot]';

const comment = async (number: string, file: string): Promise<void> => {
  const text = await Bun.file(file).text();
  const [marker = ''] = text.split('\n');
  if (!/^<!-- [a-z-]+ -->$/.test(marker))
    throw new Error(`${file} must begin with a line such as <!-- benchmark -->`);
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

const [number = '', file, ...others] = process.argv.slice(2);
if (!/^\d+$/.test(number) || !file || others.length > 0) {
  console.error('usage: bun tools/comment.ts NUMBER FILE, of a pull request');
  process.exit(2);
}
await comment(number, file).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
