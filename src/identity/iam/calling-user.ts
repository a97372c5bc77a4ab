import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";

/**
 * The name of the user who calls; undefined when it is the account's root user. Throws `principal-input-invalid` for a
 * caller who is no user: it must say whom it means.
 */
export function callingUser({ kind, authority }: Pick<Caller, "kind" | "authority">): string | undefined {
  if (kind === "root") return undefined;
  const name = authority?.facts["aws:username"]?.[0];
  if (kind === "user" && name !== undefined) return name;
  throw new Refusal("principal-input-invalid", "Must specify userName when calling with non-User credentials");
}
