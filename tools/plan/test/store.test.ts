/** The bucket of the plans, as moto's S3 has it. */
import { expect } from 'bun:test';
import { prepareMoto, startMoto } from '../../../live/test/moto.ts';
import { testUnless } from '../../../modules/tests/sources.ts';
import { storeIn } from '../store.ts';

const missing = prepareMoto();
if (missing) console.log(`skipped: ${missing}`);

testUnless(missing ?? '')(
  'what is written once stays; what is written, does not',
  async () => {
    using moto = await startMoto('111122223333');
    await moto.ask('PUT', 'plans');
    const account = { accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1' };
    const inBucket = (bucket: string) => storeIn({ ...account, bucket, endpoint: moto.url });
    const store = inBucket('plans');
    const [key, applied] = ['plans/dev/1/dev/global/shared/dns.json', 'dev/applied'];
    expect(await store.read(key)).toBeUndefined();
    expect(await store.writeOnce(key, 'reviewed')).toBe(true);
    expect(await store.writeOnce(key, 'another')).toBe(false);
    expect(await store.read(key)).toBe('reviewed');
    await store.write(applied, 'one');
    await store.write(applied, 'two');
    expect(await store.read(applied)).toBe('two');
    await expect(inBucket('nowhere').writeOnce(key, 'x')).rejects.toThrow(`${key} is refused: 404`);
  },
  600_000,
);
