import { readFileSync } from 'node:fs';

/** What a 64-bit ELF file asks of who loads it (System V ABI, chapters 4 and 5; little-endian). */
export interface Elf {
  /** Number of the processor: 62 is x86-64, 183 is AArch64. */
  readonly machine: number;
  /** The path of the loader. */
  readonly loader: string | undefined;
  /** The libraries that it names. */
  readonly needed: readonly string[];
}

const LOAD = 1;
const DYNAMIC = 2;
const INTERPRETER = 3;
const NEEDED = 1;
const STRING_TABLE = 5;

export const readElf = (path: string): Elf => {
  const bytes = readFileSync(path);
  if (bytes.subarray(0, 6).toString('latin1') !== '\x7fELF\x02\x01')
    throw new Error(`${path} is no 64-bit little-endian ELF file`);
  const number = (offset: number) => Number(bytes.readBigUInt64LE(offset));
  const text = (offset: number) =>
    bytes.subarray(offset, bytes.indexOf(0, offset)).toString('latin1');
  const segments = Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const start = number(32) + index * bytes.readUInt16LE(54);
    return {
      type: bytes.readUInt32LE(start),
      offset: number(start + 8),
      address: number(start + 16),
      size: number(start + 32),
    };
  });
  const inFile = (address: number): number => {
    const segment = segments.find(
      (each) => each.type === LOAD && address >= each.address && address < each.address + each.size,
    );
    if (!segment) throw new Error(`${path} has no address ${address}`);
    return address - segment.address + segment.offset;
  };
  const dynamic = segments.find(({ type }) => type === DYNAMIC);
  const entries = Array.from({ length: (dynamic?.size ?? 0) / 16 }, (_, index) => {
    const start = (dynamic?.offset ?? 0) + index * 16;
    return { tag: number(start), value: number(start + 8) };
  });
  const strings = inFile(entries.find(({ tag }) => tag === STRING_TABLE)?.value ?? 0);
  const interpreter = segments.find(({ type }) => type === INTERPRETER);
  return {
    machine: bytes.readUInt16LE(18),
    loader: interpreter && text(interpreter.offset),
    needed: entries.filter(({ tag }) => tag === NEEDED).map(({ value }) => text(strings + value)),
  };
};
