/** A part of a list by name. */
export interface NamePage {
  readonly prefix: string;
  /** The last name of the page before; empty for the first. */
  readonly after: string;
  readonly limit: number;
}

/** What comes behind all names that begin with `prefix`: names are ASCII. */
export function behind(prefix: string): string {
  return `${prefix}\u007f`;
}
