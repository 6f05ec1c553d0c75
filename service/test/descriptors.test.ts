import { describe, expect, test } from 'bun:test';
import {
  fewDescriptors,
  maxDescriptors,
  openDescriptors,
} from '../src/observability/descriptors.ts';

// Elsewhere there is no /proc to read.
describe.if(process.platform === 'linux')('the descriptors of this process', () => {
  test('are counted, and fewer than there may be', () => {
    expect(openDescriptors()).toBeGreaterThan(2);
    expect(maxDescriptors()).toBeGreaterThan(openDescriptors() as number);
  });

  test('are few only for more connections than are left', () => {
    expect(fewDescriptors(1)).toBeUndefined();
    const max = maxDescriptors() as number;
    expect(fewDescriptors(max)).toEqual({ open: openDescriptors() as number, max });
  });
});

test('where nothing can be read nothing is told', () => {
  expect(openDescriptors('/nonexistent')).toBeUndefined();
  expect(maxDescriptors('/nonexistent')).toBeUndefined();
});
