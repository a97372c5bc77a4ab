import type { Event, Happening } from "./trace.ts";

/** One line for people about something that happened. */
export function tellEvent({ at, what, subject, value }: Event): string {
  const who = WORLDLY.includes(what) ? `#${subject}` : String(subject);
  return `${new Date(at).toISOString()}  ${who.padStart(6)}  ${what}${DETAILS[what]?.(value) ?? ""}`;
}

/** Whether it happened to what all certificates need; its subject is then the number of a system. */
export function isOfTheWorld({ what }: Event): boolean {
  return WORLDLY.includes(what);
}

const WORLDLY: readonly Happening[] = ["out of order", "in order again", "new issuer"];
const DETAILS: Readonly<Partial<Record<Happening, (value: number) => string>>> = {
  "looked up": (proven) => `, ${proven} proven`,
  ordered: (generation) => `, version ${generation}`,
  "could not be ordered": (tries) => `, try ${tries}`,
  issued: (hours) => `, ${days(hours)} days`,
  renewed: (hours) => `, ${days(hours)} days`,
  "out of order": (seconds) => `, for ${(seconds / 3600).toFixed(1)} hours`,
};

const days = (hours: number): string => (hours / 24).toFixed(1);
