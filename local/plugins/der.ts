/** Distinguished Encoding Rules of ASN.1 (ITU-T X.690), as far as certificates need them. */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element: its tag, its content, and both with the length between them. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** The elements that follow one another in `bytes`. Throws when they are cut short. */
export function readElements(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  for (let start = 0; start < bytes.length; ) {
    const first = bytes[start + 1] ?? 0;
    const extra = first < 0x80 ? 0 : first & 0x7f;
    const length = extra === 0 ? first : bytes.readUIntBE(start + 2, extra);
    const from = start + 2 + extra;
    const end = from + length;
    if (end > bytes.length) throw new Error("the encoding ends before its last element does");
    elements.push({
      tag: bytes[start] ?? 0,
      content: bytes.subarray(from, end),
      whole: bytes.subarray(start, end),
    });
    start = end;
  }
  return elements;
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content]);
}

export function sequence(...items: readonly Buffer[]): Buffer {
  return element(tags.sequence, Buffer.concat(items));
}

/** A set of one. */
export function setOf(item: Buffer): Buffer {
  return element(tags.set, item);
}

/** A constructed element with a tag of its context. */
export function tagged(number: number, content: Buffer): Buffer {
  return element(0xa0 | number, content);
}

/** A primitive element with a tag of its context. */
export function taggedBytes(number: number, content: Buffer): Buffer {
  return element(0x80 | number, content);
}

export const yes = element(tags.boolean, Buffer.from([0xff]));

/** An integer of at least 0. */
export function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
  // The first bit is the sign.
  const isNegative = ((bytes[0] ?? 0) & 0x80) !== 0;
  return element(tags.integer, isNegative ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

export function octets(content: Buffer): Buffer {
  return element(tags.octetString, content);
}

/** Whole bytes as bits. */
export function bits(content: Buffer): Buffer {
  return element(tags.bitString, Buffer.concat([Buffer.from([0]), content]));
}

/** The bits of these numbers, the first bit being 0, and none after the last. */
export function namedBits(numbers: readonly number[]): Buffer {
  const count = Math.max(-1, ...numbers) + 1;
  const bytes = Buffer.alloc(Math.ceil(count / 8));
  for (const number of numbers) bytes[number >> 3] = (bytes[number >> 3] ?? 0) | (0x80 >> (number & 7));
  return element(tags.bitString, Buffer.concat([Buffer.from([bytes.length * 8 - count]), bytes]));
}

/** An object identifier, from its numbers with dots between them. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(tags.objectIdentifier, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

export function text(value: string): Buffer {
  const isPrintable = /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value);
  return element(isPrintable ? tags.printableString : tags.utf8String, Buffer.from(value, "utf8"));
}

/** A moment in whole seconds, in the form that certificates give it (RFC 5280, section 4.1.2.5). */
export function time(moment: Date): Buffer {
  const digits = `${moment.toISOString().slice(0, 19).replace(/\D/g, "")}Z`;
  return moment.getUTCFullYear() < 2050
    ? element(tags.utcTime, Buffer.from(digits.slice(2)))
    : element(tags.generalizedTime, Buffer.from(digits));
}
