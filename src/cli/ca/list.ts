import { HierarchyError } from "#ca/hierarchies/error.ts";
import { type HierarchyShown, type IssuerShown, overview } from "#ca/hierarchies/overview.ts";
import { table } from "#cli/edge/operator.ts";
import { onCa } from "./operator.ts";

/** `sealkeeper ca list`. */
export function listCommand(args: readonly string[]): Promise<number> {
  return onCa(args, 0, {}, async (_, deps) => {
    const value = await overview(deps);
    return { value, text: value.map(tellHierarchy).join("\n\n") };
  });
}

/** `sealkeeper ca show ID`. */
export function showCommand(args: readonly string[]): Promise<number> {
  return onCa(args, 1, {}, async ({ words: [id = ""] }, deps) => {
    const found = (await overview(deps)).flatMap(({ issuers }) => issuers).find((one) => one.id === id);
    if (!found) throw new HierarchyError(`the CA has no issuer ${id}: see ca list`);
    return { value: found, text: tellIssuer(found) };
  });
}

/** A hierarchy in lines for people. */
export function tellHierarchy({ name, account, purpose, serving, issuers, requests }: HierarchyShown): string {
  const whom =
    name === "shared" ? "all who have none of their own" : `${purpose || "all"} of ${account || "all accounts"}`;
  const rows = issuers.map((one) => [
    one.id,
    one.role,
    one.family,
    stateOf(one),
    one.role === "root" ? `key ${one.key}` : `under ${one.parent}`,
    `until ${dayOf(one.notAfter)}`,
    one.fingerprint.slice(0, SHOWN),
  ]);
  return [
    `${name}: for ${whom}${serving ? "" : "; it does not sign yet"}`,
    table(rows),
    ...requests.map(({ id, of }) => `${id}: its certificate is awaited from the ceremony of ${of}`),
  ].join("\n");
}

function stateOf({ state, signs, activeFrom, role }: IssuerShown): string {
  if (signs) return "signs";
  if (role === "intermediate" && state === "standby" && activeFrom) return `from ${activeFrom.toISOString()}`;
  return state;
}

function tellIssuer(one: IssuerShown): string {
  const line = (label: string, text: string): string[] => (text === "" ? [] : [`  ${label.padEnd(14)}${text}`]);
  return [
    `${one.id}, ${one.role}`,
    ...line("subject", one.subject),
    ...line("state", stateOf(one)),
    ...line("signed by", one.parent === one.id ? "itself" : one.parent),
    ...line("cross-signed", one.crossSignedBy.join(", ")),
    ...line("key", one.key),
    ...line("serial", one.serial),
    ...line("valid", `${one.notBefore.toISOString()} to ${one.notAfter.toISOString()}`),
    ...line("SHA-256", one.fingerprint),
    ...line("CRL until", one.crlUntil?.toISOString() ?? ""),
    "",
    one.certificate.trimEnd(),
  ].join("\n");
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** Eight bytes of a fingerprint tell CAs apart; `ca show` has all of it. */
const SHOWN = 23;
