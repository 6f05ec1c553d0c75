import { beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { binary, binaryMissing, COMMIT } from './support/binary.ts';

if (binaryMissing) test.skip(`the executable: ${binaryMissing}`, () => {});
else
  describe('the executable', () => {
    let file: string;

    beforeAll(async () => {
      file = await binary();
    }, 60_000);

    /** Runs it in a folder with some files; what it prints, and the folder's files after it. */
    const run = (argument: string, files: Record<string, string> = {}) => {
      const folder = mkdtempSync(join(tmpdir(), 'hello-test-'));
      try {
        for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
        const { exitCode, stdout, stderr } = Bun.spawnSync([file, argument], {
          cwd: folder,
          env: {},
          timeout: 20_000,
          killSignal: 'SIGKILL',
        });
        const others = readdirSync(folder).filter((name) => !(name in files));
        return { status: exitCode, stdout: `${stdout}`, stderr: `${stderr}`, others };
      } finally {
        rmSync(folder, { recursive: true });
      }
    };

    test('tells its version and commit', () => {
      expect(run('--version')).toEqual({
        status: 0,
        stdout: `hello ${packageJson.version} (commit ${COMMIT})\n`,
        stderr: '',
        others: [],
      });
    });

    // Bun reads these by itself, in executables too, unless told otherwise.
    const bad = 'LOG_LEVEL=loud\nNODE_ENV=test\nDATABASE_URL=sqlite:other.db\n';
    for (const name of ['.env', '.env.local', '.env.development'])
      test(`is not changed by ${name} in the working folder`, () => {
        expect(run('migrate', { [name]: bad })).toMatchObject({
          status: 0,
          stderr: '',
          others: ['hello.db'],
        });
      });

    test('is not changed by the settings of other tools in the working folder', () => {
      const files = {
        'bunfig.toml': 'preload = ["./preload.js"]\n[run]\nsilent = true\n',
        'preload.js': 'console.log("preloaded"); process.exit(7);',
        'package.json': '{"name": 1, "imports": {"#x": "./preload.js"}}',
        'tsconfig.json': '{"compilerOptions": {"paths": {"*": ["./preload.js"]}}}',
      };
      const { status, stdout, others } = run('migrate', files);
      expect(status).toBe(0);
      expect(stdout).not.toContain('preloaded');
      expect(others).toEqual(['hello.db']);
    });
  });
