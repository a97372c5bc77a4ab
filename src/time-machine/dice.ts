import { type Millis, SECOND } from "#lib/duration.ts";
import { seededRandom } from "#lib/seeded-random.ts";

/** All chance in the simulated world. Asked in the same order, it answers the same. */
export interface Dice {
  chance(probability: number): boolean;
  /** A whole number from 0 to `count` - 1. */
  below(count: number): number;
  between(least: Millis, most: Millis): Millis;
  /** The time until something happens that happens every `mean` on average (exponential); a second at least. */
  wait(mean: Millis): Millis;
}

export function newDice(seed: number): Dice {
  const random = seededRandom(seed);
  return {
    chance: (probability) => random() < probability,
    below: (count) => Math.floor(random() * count),
    between: (least, most) => Math.round(least + random() * (most - least)),
    wait: (mean) => Math.max(SECOND, Math.round(-Math.log(1 - random()) * mean)),
  };
}
