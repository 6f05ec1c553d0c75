/** What ECR's lifecycle policies expire, as its user guide tells it (see README.md). */

/** A manifest in a repository. */
export interface Manifest {
  readonly digest: string;
  readonly tags: readonly string[];
  /** Orders them: a later one has a greater number. */
  readonly pushed: number;
  /** What an image of several platforms consists of. */
  readonly manifests?: readonly string[];
  /** What a signature or another artifact belongs to. */
  readonly subject?: string;
}

interface Selection {
  readonly tagStatus: 'tagged' | 'untagged' | 'any';
  readonly tagPatternList?: readonly string[];
  readonly countType: 'imageCountMoreThan';
  readonly countNumber: number;
}

export interface Policy {
  readonly rules: readonly { readonly rulePriority: number; readonly selection: Selection }[];
}

const fits = (pattern: string, tag: string) =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(tag);

const selects = ({ tagStatus, tagPatternList = [] }: Selection, { tags }: Manifest): boolean =>
  tagStatus === 'any' ||
  (tagStatus === 'tagged'
    ? tags.length > 0 && tagPatternList.every((pattern) => tags.some((tag) => fits(pattern, tag)))
    : tags.length === 0);

const marked = ({ rules }: Policy, present: readonly Manifest[]): Set<Manifest> => {
  const marks = new Set<Manifest>();
  const seen = new Set<Manifest>();
  const newestFirst = present.toSorted((one, other) => other.pushed - one.pushed);
  for (const { selection } of rules.toSorted(
    (one, other) => one.rulePriority - other.rulePriority,
  )) {
    const selected = newestFirst.filter((each) => selects(selection, each));
    // Those of earlier rules count, and are out of reach.
    for (const each of selected.slice(selection.countNumber)) if (!seen.has(each)) marks.add(each);
    for (const each of selected) seen.add(each);
  }
  return marks;
};

/** What is left of a repository when its policy has run until it finds nothing more. */
export const leftOf = (policy: Policy, repository: readonly Manifest[]): Manifest[] => {
  let present = [...repository];
  for (;;) {
    const marks = marked(policy, present);
    const digests = new Set(present.map(({ digest }) => digest));
    const held = new Set(
      present.filter((each) => !marks.has(each)).flatMap(({ manifests = [] }) => manifests),
    );
    const left = present.filter(
      (each) =>
        (!marks.has(each) || held.has(each.digest)) &&
        (each.subject === undefined || digests.has(each.subject)),
    );
    if (left.length === present.length) return left;
    present = left;
  }
};
