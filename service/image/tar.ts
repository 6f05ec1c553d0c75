import type { ImageFile } from './files.ts';

const BLOCK = 512;

/**
 * An archive in the ustar format of POSIX.1-1988 that holds nothing of this machine: same files, same bytes.
 * Own code, since the digest of the image must not change with a library.
 */
export const tar = (files: readonly ImageFile[], modified: number): Uint8Array => {
  const blocks = files.flatMap((file) => {
    const content = file.content ?? new Uint8Array();
    const padding = new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [header(file, modified), content, padding];
  });
  return Buffer.concat([...blocks, new Uint8Array(2 * BLOCK)]);
};

const header = ({ path, mode, owner, content }: ImageFile, modified: number): Uint8Array => {
  const block = Buffer.alloc(BLOCK);
  const name = content ? path : `${path}/`;
  if (name.length > 100) throw new Error(`${name} is longer than 100 characters`);
  const number = (value: number, offset: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, '0'), offset);
  block.write(name, 0);
  number(mode, 100, 8);
  number(owner, 108, 8);
  number(owner, 116, 8);
  number(content?.length ?? 0, 124, 12);
  number(modified, 136, 12);
  block.write(content ? '0' : '5', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  // The sum of the block's bytes, its own field taken as spaces.
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
};
