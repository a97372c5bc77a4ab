/** Bytes that came on a connection and were not taken yet. */
export class Incoming {
  bytes: Buffer = NOTHING;
  at = 0;
  to = 0;

  get waiting(): number {
    return this.to - this.at;
  }

  /** Adds the first `length` bytes of what was read. */
  add(bytes: Buffer, length: number): void {
    if (this.at === this.to) {
      this.bytes = bytes;
      this.at = 0;
      this.to = length;
      return;
    }
    this.bytes = Buffer.concat([this.bytes.subarray(this.at, this.to), bytes.subarray(0, length)]);
    this.at = 0;
    this.to = this.bytes.length;
  }

  /** Copies what was not taken, because what it came in will be overwritten. */
  save(): void {
    this.bytes = this.at === this.to ? NOTHING : Buffer.from(this.bytes.subarray(this.at, this.to));
    this.to -= this.at;
    this.at = 0;
  }

  /** Takes at most so many bytes. */
  take(most: number): Buffer {
    const from = this.at;
    this.at = Math.min(this.to, from + most);
    return from === 0 && this.at === this.bytes.length ? this.bytes : this.bytes.subarray(from, this.at);
  }

  clear(): void {
    this.bytes = NOTHING;
    this.at = 0;
    this.to = 0;
  }
}

const NOTHING: Buffer = Buffer.alloc(0);
