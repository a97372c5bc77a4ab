/**
 * Whether a statement failed because what it wrote is there already: PostgreSQL's `unique_violation`. The embedded
 * database writes one transaction after the other, so that what was looked up before is still so.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && (error as { readonly code?: unknown }).code === "23505";
}
