/** The only source of the present. Tests move it; nothing else may ask for the time. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
