/** The changelog: `## Unreleased`, then `## <version> - <date>` for every release, the newest first. */

export interface Section {
  /** The version, or `Unreleased`. */
  readonly name: string;
  /** What stands below the heading, without blank lines around it. */
  readonly text: string;
}

const HEADING = /^## (.+)$/gm;

export const sections = (changelog: string): Section[] => {
  const [, ...parts] = changelog.split(HEADING);
  return Array.from({ length: parts.length / 2 }, (_, index) => ({
    name: (parts[2 * index] ?? '').split(' - ')[0] ?? '',
    text: (parts[2 * index + 1] ?? '').trim(),
  }));
};

/**
 * What keeps the changelog from another release, a line each.
 * @param present the version of the last release, or what was worked on before the first
 * @param tagged the versions that have a tag
 */
export const gaps = (changelog: string, present: string, tagged: readonly string[]): string[] => {
  const [unreleased, ...released] = sections(changelog);
  const names = released.map(({ name }) => name);
  const faults: string[] = [];
  if (unreleased?.name !== 'Unreleased') faults.push('its first section must be "## Unreleased"');
  else if (!unreleased.text.startsWith('- '))
    faults.push('"## Unreleased" tells nothing: say what changes');
  for (const [index, name] of names.entries()) {
    const newer = names[index - 1];
    if (newer !== undefined && Bun.semver.order(newer, name) <= 0)
      faults.push(`${name} stands below ${newer}, which is not newer`);
  }
  if (names.length > 0 && names[0] !== present)
    faults.push(`its newest release is ${names[0]}, that of package.json is ${present}`);
  for (const version of tagged)
    if (!names.includes(version)) faults.push(`v${version} is tagged and has no section`);
  for (const { name, text } of released)
    if (text === '') faults.push(`the section of ${name} is empty`);
  return faults;
};

/** The changelog in which what was unreleased is a release of a date (YYYY-MM-DD). */
export const released = (changelog: string, version: string, date: string): string =>
  changelog.replace('## Unreleased\n', `## Unreleased\n\n## ${version} - ${date}\n`);

/**
 * What changed in a version.
 * @throws Error when it has no section
 */
export const notesOf = (changelog: string, version: string): string => {
  const section = sections(changelog).find(({ name }) => name === version);
  if (!section) throw new Error(`CHANGELOG.md has no section of ${version}`);
  return section.text;
};

/** The version that was released before another; undefined for the first. */
export const versionBefore = (changelog: string, version: string): string | undefined => {
  const names = sections(changelog).map(({ name }) => name);
  return names[names.indexOf(version) + 1];
};
