/** Tells what drifted in an issue on GitHub, by its program. */
import { gh } from '../github.ts';

/** What the issues have beside their title. */
const LABEL = 'drift';

/** Whose token a workflow has. */
const APP = 'github-actions';

/** The number of the open issue with a title, made by a workflow: anyone may open one that is called so. */
const findIssue = async (title: string): Promise<string | undefined> => {
  const found: { number: number; title: string }[] = JSON.parse(
    await gh(
      ...['issue', 'list', '--state', 'open', '--label', LABEL, '--app', APP, '--limit', '100'],
      ...['--json', 'number,title'],
    ),
  );
  return found.find((issue) => issue.title === title)?.number.toString();
};

/** Opens the issue of a title, writes it anew by a file, or, without one, closes it. */
export const tell = async (title: string, file: string | undefined): Promise<void> => {
  const issue = await findIssue(title);
  if (file && issue) await gh('issue', 'edit', issue, '--body-file', file);
  if (file && !issue) {
    await gh('label', 'create', LABEL, '--force', '--description', 'Differs from what is in Git');
    await gh('issue', 'create', '--title', title, '--label', LABEL, '--body-file', file);
  }
  if (!file && issue) await gh('issue', 'close', issue, '--comment', 'Nothing differs any more.');
};
