import { shownName } from "#dns/resolved-record.ts";
import type { RecordName } from "#domain/zones/record-name.ts";
import type { View } from "./view.ts";

/**
 * A resolver that checks DNSSEC answers SERVFAIL for what is signed wrongly, and few say why: whether it answers when it
 * is told not to check (the CD bit, RFC 4035 §3.2.2). A sentence for the domain's owner.
 */
export async function signatureMistake(name: RecordName, view: View): Promise<string | undefined> {
  const checked = await view.ask(name, "CNAME");
  if (checked.kind !== "failed" || !checked.reason.startsWith("answered SERVFAIL")) return undefined;
  const unchecked = await view.askUnchecked(name, "CNAME");
  return unchecked.kind === "failed"
    ? undefined
    : `Without a check of its DNSSEC signatures ${shownName(name)} can be looked up: the signatures of its zone, or the DS record above it, are wrong.`;
}
