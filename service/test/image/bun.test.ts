import { expect, test } from 'bun:test';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ARCHITECTURES, ownArchitecture } from '../../image/architecture.ts';
import { run } from '../../image/run.ts';
import { buildFolder } from '../support/binary.ts';
import { ROOT } from './build.ts';

test.skipIf(process.platform !== 'linux')(
  "takes npm's Bun for the executable when another one of that version runs",
  async () => {
    const folder = buildFolder();
    const { bun, bunPackage } = ARCHITECTURES[ownArchitecture()];
    const cached = `hello/bun-${Bun.version}-linux-${bun}/node_modules/${bunPackage}/bin/bun`;
    const pinned = join(folder, cached);
    mkdirSync(dirname(pinned), { recursive: true });
    writeFileSync(pinned, '');
    const other = join(folder, 'bun');
    copyFileSync(process.execPath, other);
    const code = `
      process.env.XDG_CACHE_HOME = '${folder}';
      const { bunFor } = await import('./service/image/bun.ts');
      console.log(await bunFor('${ownArchitecture()}'));
    `;
    const output = new TextDecoder().decode(await run([other, '-e', code], ROOT));
    expect(output.trim()).toBe(pinned);
  },
  30_000,
);
