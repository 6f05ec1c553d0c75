import { test } from 'bun:test';
import { binaryMissing } from '../support/binary.ts';
import { contract } from './suite.ts';

contract({ runtime: 'in-process', store: 'sqlite' });
contract({ runtime: 'in-process', store: 'memory' });
contract({ runtime: 'bun', store: 'sqlite' });
contract({ runtime: 'bun', store: 'memory', environment: { NODE_ENV: 'production' } });
contract({ runtime: 'deno', store: 'sqlite' });
contract({ runtime: 'deno', store: 'memory', environment: { NODE_ENV: 'production' } });
if (binaryMissing) test.skip(`the compiled service: ${binaryMissing}`, () => {});
else contract({ runtime: 'binary', store: 'sqlite' });
