import { expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLayout } from '../../../service/image/oci.ts';
import { run } from '../../../service/image/run.ts';
import { figures } from '../figures.ts';
import { startRegistry } from './registry.ts';

const CRANE = join(import.meta.dir, '../../crane/crane');

test('the notes say what an image weighs, how that changed, and what was measured', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-figures-'));
  try {
    await using registry = await startRegistry();
    const repository = `${registry.host}/hello/service`;
    /** Pushes an image of as many bytes that can't be compressed. */
    const push = async (version: string, bytes: number): Promise<void> => {
      const file = { path: 'hello', mode: 0o755, owner: 0, content: randomBytes(bytes) };
      const layers = [[{ ...file, origin: 'hello' }]];
      writeLayout(folder, { version, commit: 'abcdef0', created: 0 }, [
        { architecture: 'amd64', layers },
        { architecture: 'arm64', layers },
      ]);
      await run([CRANE, 'push', folder, `${repository}:${version}`]);
    };
    await push('1.0.0', 400_000);
    await push('1.1.0', 600_000);
    const first = (await figures(repository, '1.0.0', undefined)).split('\n');
    expect(first.slice(0, 4)).toEqual([
      ...['| image | compressed |', '| --- | --- |'],
      ...['| linux/amd64 | 0.4 MB |', '| linux/arm64 | 0.4 MB |'],
    ]);
    const next = (await figures(repository, '1.1.0', '1.0.0')).split('\n');
    expect(next[0]).toBe('| image | compressed | since 1.0.0 |');
    expect(next[2]).toMatch(/^\| linux\/amd64 \| 0\.6 MB \| \+(49\.\d|50)% \|$/);
    // A release before that left the registry is no reason to stop.
    expect((await figures(repository, '1.1.0', '0.9.0')).split('\n')[2]).toBe(
      '| linux/amd64 | 0.6 MB | ? |',
    );
    const [, measured] = next
      .join('\n')
      .split(
        /\n\nMeasured on \d{4}-\d{2}-\d{2}, on the machine of service\/bench\/RESULTS\.md:\n\n/,
      );
    expect(measured?.split('\n')[0]).toBe('| figure | goal | minimum – median – maximum | met |');
    expect(measured?.split('\n').length).toBeGreaterThan(8);
    expect(figures(repository, '9.9.9', undefined)).rejects.toThrow('has no image of a platform');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
