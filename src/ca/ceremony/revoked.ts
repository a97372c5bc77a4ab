import type { CrlEntry } from "#ca/crl-entries.ts";
import { HierarchyError } from "#ca/hierarchies/error.ts";
import { REVOCATION_REASONS } from "#ca/revocation.ts";
import { list, object, oneOf, type Shape, whole } from "#lib/shape.ts";

/** What a root has revoked, as the directory of its ceremony keeps it: each CRL lists all of it. */
export function writeRevoked(entries: readonly CrlEntry[]): string {
  const plain = entries.map(({ serial, reason, revokedAt }) => ({ serial, reason, revokedAt }));
  return `${JSON.stringify(plain, undefined, 2)}\n`;
}

/** Reads what `writeRevoked` wrote. Throws HierarchyError. */
export function readRevoked(text: string): readonly CrlEntry[] {
  const value = parsed(text);
  if (!isRevoked(value)) throw new HierarchyError("this is no list of what a root has revoked");
  return value;
}

/** How `ca ceremony crl` is told of an entry. */
export function revokeFlag({ serial, reason }: Pick<CrlEntry, "serial" | "reason">): string {
  const [name = "unspecified"] = Object.entries(REVOCATION_REASONS).find(([, code]) => code === reason) ?? [];
  return `--revoke ${serial}=${name}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isSerial: Shape<string> = (value): value is string =>
  typeof value === "string" && /^(?:[0-9a-f]{2}){1,20}$/.test(value);
/** The end of the year 9999 (RFC 5280 section 4.1.2.5). */
const END_OF_TIME = Date.UTC(9999, 11, 31, 23, 59, 59);
const isRevoked = list(
  object({
    serial: isSerial,
    reason: oneOf(...Object.values(REVOCATION_REASONS)),
    revokedAt: whole(0, END_OF_TIME),
  }) as Shape<CrlEntry>,
  10_000,
);
