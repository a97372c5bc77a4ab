import type { ValidationMethod } from "#domain/certificate/certificate.ts";
import { isPrivateName, type NamePolicy } from "#domain/certificate/public-names.ts";
import type { AccountId, DomainName } from "#domain/names.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Asked } from "#validation/asked.ts";
import { type CaaIssuer, type CaaVerdict, checkCaaRecords } from "#validation/caa.ts";
import { corroborate, type PerspectiveDeps, quorum } from "#validation/perspectives.ts";
import { OWN_ZONES, type View } from "#validation/view.ts";

export interface CaaDeps extends PerspectiveDeps, NamePolicy {
  /** The names by which CAA records permit the CA within; none: nobody is asked. In lower case. */
  readonly caaIdentities: readonly string[];
  /** How long the look-ups of one perspective may take together; half a minute when it is not said. */
  readonly caaPatience?: Millis;
}

/** What the CAA records of a certificate's names say. */
export interface CaaOutcome {
  readonly kind: CaaVerdict["kind"];
  /** The record that forbids it and where it stands, or what could not be found out; undefined when it is permitted. */
  readonly problem: string | undefined;
  readonly lookups: readonly Asked[];
}

/**
 * Asks whether a CA may issue for these names, right before it does; names that are private on purpose have no CAA
 * records. What forbids wins over what could not be found out.
 */
export async function checkCaa(names: readonly DomainName[], issuer: CaaIssuer, deps: CaaDeps): Promise<CaaOutcome> {
  const asked = names.filter((name) => !isPrivateName(name, deps.privateNames));
  if (asked.length === 0 || issuer.identities.length === 0)
    return { kind: "permitted", problem: undefined, lookups: [] };
  const look = (view: View): Promise<CaaVerdict> => checkAll(asked, issuer, inTime(view, deps.caaPatience ?? PATIENCE));
  const { holds, reason, verdicts, lookups } = await corroborate(look, deps);
  if (holds) return { kind: "permitted", problem: undefined, lookups };
  const forbidding = verdicts.filter(({ kind }) => kind === "forbidden").length;
  return { kind: forbidding >= quorum(verdicts.length) ? "forbidden" : "unknown", problem: reason, lookups };
}

/** Whom the CA within issues for, as CAA parameters name it (RFC 8657): an account by its ARN, a method by its label. */
export function ownCaaIssuer(
  { account, validationMethod }: { readonly account: AccountId; readonly validationMethod: ValidationMethod | null },
  { caaIdentities }: Pick<CaaDeps, "caaIdentities">,
): CaaIssuer {
  return {
    identities: caaIdentities,
    accountUri: `arn:aws:iam::${account}:root`,
    ...(validationMethod && { methods: METHODS[validationMethod] }),
  };
}

/**
 * The same view for a time; then nothing more is asked. A hundred names of a hundred labels at slow name servers are
 * strangers' to choose; what the resolver learnt meanwhile is there when all is asked again.
 */
function inTime(view: View, patience: Millis): View {
  const over = AbortSignal.timeout(patience);
  const tooLate = {
    kind: "failed",
    server: view.seesWorld ? view.name : OWN_ZONES,
    reason: "was not asked any more, because the look-ups took too long",
  } as const;
  return { ...view, ask: (name, type) => (over.aborted ? Promise.resolve(tooLate) : view.ask(name, type)) };
}

async function checkAll(names: readonly DomainName[], issuer: CaaIssuer, view: View): Promise<CaaVerdict> {
  const verdicts: CaaVerdict[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE);
    verdicts.push(...(await Promise.all(some.map((name) => checkCaaRecords(name, issuer, view)))));
  }
  const against = verdicts.find(({ kind }) => kind === "forbidden") ?? verdicts.find(({ kind }) => kind === "unknown");
  return against ?? { holds: true, kind: "permitted" };
}

/** Labels of RFC 8657 §4: the methods of ACME that prove the same, and names of our own, which begin with "ca-". */
const METHODS: Readonly<Record<ValidationMethod, readonly string[]>> = {
  DNS: ["dns-01", "ca-dns"],
  EMAIL: ["ca-email"],
  HTTP: ["http-01", "ca-http"],
};
const AT_ONCE = 10;
const PATIENCE: Millis = 30 * SECOND;
