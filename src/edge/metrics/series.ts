/** The values of one metric since the last minute was taken. Adding costs a few additions, so that every request can. */
export class Series {
  count = 0;
  sum = 0;
  least: number = Number.POSITIVE_INFINITY;
  most: number = Number.NEGATIVE_INFINITY;

  /** One more value; a thing that happened is a value of 1. */
  add(value: number): void {
    this.count += 1;
    this.sum += value;
    if (value < this.least) this.least = value;
    if (value > this.most) this.most = value;
  }

  clear(): void {
    this.count = 0;
    this.sum = 0;
    this.least = Number.POSITIVE_INFINITY;
    this.most = Number.NEGATIVE_INFINITY;
  }
}
