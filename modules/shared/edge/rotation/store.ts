import { randomBytes } from 'node:crypto';
// Signs for all regions at once, which the store asks for.
import '@aws-sdk/signature-v4a';
import {
  CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ResourceNotFoundException,
  UpdateKeysCommand,
  type UpdateKeysCommandInput,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { variable } from './settings.ts';

/** What the distribution sends, and what it sends after the next rotation. */
export interface Values {
  readonly current: string;
  readonly next: string;
}

/** The store as it was read. A write is refused with ConflictException when another one came in between. */
export interface Store {
  /** None in a new store. */
  readonly values: Values | undefined;
  /** What a rotation that is under way makes `next`. */
  readonly pending: string | undefined;
  /** Fills a new store. */
  begin(): Promise<Values>;
  /** Begins a rotation. @returns the pending value */
  propose(): Promise<string>;
  /** Ends a rotation. */
  rotate(current: string, next: string): Promise<void>;
}

const VALUE_BYTES = 32;

const client = new CloudFrontKeyValueStoreClient({});

export const openStore = async (): Promise<Store> => {
  const KvsARN = variable('STORE_ARN');
  let { ETag: etag } = await client.send(new DescribeKeyValueStoreCommand({ KvsARN }));
  const change = async (changes: Pick<UpdateKeysCommandInput, 'Puts' | 'Deletes'>) => {
    etag = (await client.send(new UpdateKeysCommand({ KvsARN, IfMatch: etag, ...changes }))).ETag;
  };
  const put = (Key: string, Value: string) => ({ Key, Value });
  const read = async (Key: string): Promise<string | undefined> => {
    try {
      return (await client.send(new GetKeyCommand({ KvsARN, Key }))).Value;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  const [current, next, pending] = await Promise.all(['current', 'next', 'pending'].map(read));
  return {
    values: current && next ? { current, next } : undefined,
    pending,
    begin: async () => {
      const values = { current: newValue(), next: newValue() };
      await change({ Puts: [put('current', values.current), put('next', values.next)] });
      return values;
    },
    propose: async () => {
      const value = newValue();
      await change({ Puts: [put('pending', value)] });
      return value;
    },
    rotate: (newCurrent, newNext) =>
      change({
        Puts: [put('current', newCurrent), put('next', newNext)],
        Deletes: [{ Key: 'pending' }],
      }),
  };
};

/** A value that nobody guesses. */
const newValue = (): string => randomBytes(VALUE_BYTES).toString('base64url');
