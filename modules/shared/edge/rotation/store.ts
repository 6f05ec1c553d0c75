import { randomBytes } from 'node:crypto';
// Signs for all regions at once, which the store asks for.
import '@aws-sdk/signature-v4a';
import {
  CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ResourceNotFoundException,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { variable } from './settings.ts';

/** What the regions accept. */
export interface Values {
  /** What the distribution sent before the last rotation, and locations of CloudFront may send still. */
  readonly previous?: string;
  /** What it sends. */
  readonly current: string;
  /** What it sends after the next rotation. */
  readonly next: string;
}

/** The store as it was read. A write is refused with ConflictException when another one came in between. */
export interface Store {
  /** None in a new store. */
  readonly values: Values | undefined;
  /** What a rotation that is under way makes `next`. */
  readonly pending: string | undefined;
  /** Milliseconds since `current` is sent. */
  readonly age: number;
  /** Regions that may have a rule group. */
  readonly regions: readonly string[];
  /** Fills a new store. */
  begin(): Promise<Values>;
  /** Begins a rotation. @returns the pending value */
  propose(): Promise<string>;
  /** Ends a rotation. */
  rotate(values: Required<Values>): Promise<void>;
  /** Keeps the names of the regions, before they get rule groups and after they lost them. */
  remember(regions: readonly string[]): Promise<void>;
  /** Whether another run has written since. */
  changed(): Promise<boolean>;
}

const VALUE_BYTES = 32;

const client = new CloudFrontKeyValueStoreClient({});

/** Reads the store anew until nobody has written in between: what stands in it together belongs together. */
export const openStore = async (): Promise<Store> => {
  const store = await readStore();
  return (await store.changed()) ? openStore() : store;
};

const readStore = async (): Promise<Store> => {
  const KvsARN = variable('STORE_ARN');
  const version = async () =>
    (await client.send(new DescribeKeyValueStoreCommand({ KvsARN }))).ETag;
  let etag = await version();
  const change = async (values: Readonly<Record<string, string>>, ...gone: string[]) => {
    const { ETag } = await client.send(
      new UpdateKeysCommand({
        ...{ KvsARN, IfMatch: etag },
        Puts: Object.entries(values).map(([Key, Value]) => ({ Key, Value })),
        Deletes: gone.map((Key) => ({ Key })),
      }),
    );
    etag = ETag;
  };
  const read = async (Key: string): Promise<string | undefined> => {
    try {
      return (await client.send(new GetKeyCommand({ KvsARN, Key }))).Value;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  const [previous, current, next, pending, rotated, regions] = await Promise.all(
    ['previous', 'current', 'next', 'pending', 'rotated', 'regions'].map(read),
  );
  const now = () => new Date().toISOString();
  return {
    values: current && next ? { ...(previous && { previous }), current, next } : undefined,
    pending,
    age: Date.now() - Date.parse(rotated ?? '1970-01-01'),
    regions: regions?.split(' ') ?? [],
    begin: async () => {
      const values = { current: newValue(), next: newValue() };
      await change({ ...values, rotated: now() });
      return values;
    },
    propose: async () => {
      const value = newValue();
      await change({ pending: value });
      return value;
    },
    rotate: (values) => change({ ...values, rotated: now() }, 'pending'),
    remember: (names) =>
      names.length > 0 ? change({ regions: names.join(' ') }) : change({}, 'regions'),
    changed: async () => (await version()) !== etag,
  };
};

/** A value that nobody guesses. */
const newValue = (): string => randomBytes(VALUE_BYTES).toString('base64url');
