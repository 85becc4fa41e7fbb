const maxBytes = 16 * 2 ** 10;

/** The last kilobytes of a stream: enough for a message, and bounded. */
export class Tail {
  #bytes = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-maxBytes);
  }

  text(): string {
    return this.#bytes.toString();
  }
}
