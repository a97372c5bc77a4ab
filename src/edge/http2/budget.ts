/** How much of something a peer may do: so many at once, and then so many a second. */
export class Budget {
  readonly #most: number;
  readonly #perMillisecond: number;
  #left: number;
  #since: number;

  constructor(most: number, perSecond: number, now: number) {
    this.#most = most;
    this.#perMillisecond = perSecond / 1000;
    this.#left = most;
    this.#since = now;
  }

  /** False when it is used up. `now` is in milliseconds. */
  spend(now: number): boolean {
    if (this.#left < 1) {
      this.#left = Math.min(this.#most, this.#left + (now - this.#since) * this.#perMillisecond);
      this.#since = now;
      if (this.#left < 1) return false;
    }
    this.#left--;
    return true;
  }

  /** Something good was done, which pays for something bad. */
  earn(much: number): void {
    this.#left = Math.min(this.#most, this.#left + much);
  }
}
