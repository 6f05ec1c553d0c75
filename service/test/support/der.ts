/** The few kinds of DER values that a certificate is made of (ITU-T X.690). */
const value = (tag: number, content: Uint8Array): Buffer => {
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};

export const sequence = (...items: Uint8Array[]): Buffer => value(0x30, Buffer.concat(items));

export const set = (...items: Uint8Array[]): Buffer => value(0x31, Buffer.concat(items));

export const integer = (bytes: Uint8Array): Buffer => value(0x02, bytes);

export const boolean = (is: boolean): Buffer => value(0x01, Buffer.from([is ? 255 : 0]));

export const octets = (content: Uint8Array): Buffer => value(0x04, content);

export const bits = (content: Uint8Array): Buffer =>
  value(0x03, Buffer.concat([Buffer.from([0]), content]));

export const text = (content: string): Buffer => value(0x0c, Buffer.from(content));

/** `[number]`, around other values unless `primitive`. */
export const tagged = (number: number, content: Uint8Array, primitive = false): Buffer =>
  value((primitive ? 0x80 : 0xa0) + number, content);

export const objectIdentifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
};

const base128 = (number: number): number[] => {
  const digits = [number & 127];
  for (let rest = number >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 127) | 128);
  return digits;
};

export const time = (date: Date): Buffer =>
  value(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));
