import type { Millis } from "#lib/duration.ts";

/** What comes of some work that nobody waits for longer than so; undefined when it is not there by then. */
export async function within<T>(patience: Millis, work: Promise<T>): Promise<T | undefined> {
  const { promise: tooLate, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), patience);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
