import { describe, expect, test } from 'bun:test';
import { gaps, notesOf, released, sections, versionBefore } from '../changelog.ts';

const CHANGELOG = `# Changelog

Words before.

## Unreleased

- Something new.

## 1.3.0 - 2026-10-01

- Third.
- Fourth.

## 1.2.0 - 2026-09-01

- Second.
`;

test('has its sections, and the notes of a version', () => {
  expect(sections(CHANGELOG).map(({ name }) => name)).toEqual(['Unreleased', '1.3.0', '1.2.0']);
  expect(notesOf(CHANGELOG, '1.3.0')).toBe('- Third.\n- Fourth.');
  expect(() => notesOf(CHANGELOG, '1.1.0')).toThrow('no section of 1.1.0');
  expect(versionBefore(CHANGELOG, '1.3.0')).toBe('1.2.0');
  expect(versionBefore(CHANGELOG, '1.2.0')).toBeUndefined();
});

test('a release takes what was unreleased', () => {
  const after = released(CHANGELOG, '1.4.0', '2026-11-01');
  expect(notesOf(after, '1.4.0')).toBe('- Something new.');
  expect(notesOf(after, '1.3.0')).toBe('- Third.\n- Fourth.');
  expect(gaps(after, '1.4.0', [])).toEqual(['"## Unreleased" tells nothing: say what changes']);
});

describe('a gap is', () => {
  test('nothing, where each release has its section', () =>
    expect(gaps(CHANGELOG, '1.3.0', ['1.2.0', '1.3.0'])).toEqual([]));

  for (const [what, changelog, fault] of [
    ['a missing Unreleased', CHANGELOG.replace('## Unreleased', '## Next'), /first section/],
    ['nothing unreleased', CHANGELOG.replace('- Something new.\n', ''), /tells nothing/],
    ['a release out of order', CHANGELOG.replace('1.2.0', '1.10.0'), /1\.10\.0 stands below/],
    ['an empty release', CHANGELOG.replace('- Second.', ''), /section of 1\.2\.0 is empty/],
  ] as const)
    test(what, () => expect(gaps(changelog, '1.3.0', [])).toEqual([expect.stringMatching(fault)]));

  test('a tag without a section', () =>
    expect(gaps(CHANGELOG, '1.3.0', ['1.1.0'])).toEqual(['v1.1.0 is tagged and has no section']));

  test('a newest release that is not the present version', () =>
    expect(gaps(CHANGELOG, '1.4.0', [])).toEqual([
      'its newest release is 1.3.0, that of package.json is 1.4.0',
    ]));
});
