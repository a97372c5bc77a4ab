import { domainToUnicode } from "node:url";

/** What the owner of a domain is asked, as the letter and the page behind its link show it. */
export interface ApprovalRequest {
  readonly purpose: "ISSUE" | "RENEWAL";
  readonly certificateArn: string;
  readonly account: string;
  readonly region: string;
  /** The principal who asked for the certificate; undefined where that is not known. */
  readonly requestedBy: string | undefined;
  readonly requestedAt: Date;
  /** The names that the answer is about. */
  readonly names: readonly string[];
  /** Others in the same certificate: their owners are asked, too. */
  readonly otherNames: readonly string[];
  /** An answer counts until then. */
  readonly expiresAt: Date;
  /** When the certificate that is to be renewed ends. */
  readonly endsAt: Date | undefined;
  /** The address whose letter this is. */
  readonly recipient: string;
}

/** A heading and what belongs to it. */
export type Fact = readonly [label: string, values: readonly string[]];

/** The request, fact by fact. */
export function requestFacts(request: ApprovalRequest): readonly Fact[] {
  const { names, otherNames, account, region, requestedBy, requestedAt, endsAt, expiresAt, certificateArn } = request;
  return [
    [names.length === 1 ? "Domain name" : "Domain names", names.map(shownDomain)],
    ...(otherNames.length === 0 ? [] : [["Also in the certificate", otherNames.map(shownDomain)] as const]),
    ["Requested by", [requestedBy ?? "not known"]],
    ["Account", [account]],
    ["Region", [region]],
    ["Requested", [shownTime(requestedAt)]],
    ...(endsAt === undefined ? [] : [["Present certificate ends", [shownTime(endsAt)]] as const]),
    ["Answer before", [shownTime(expiresAt)]],
    ["Certificate", [certificateArn]],
  ];
}

/** `example.com`, `example.com and 2 more names`. */
export function namesInShort(names: readonly string[]): string {
  const [first = "", ...others] = names;
  const more = others.length === 0 ? "" : ` and ${others.length} more name${others.length === 1 ? "" : "s"}`;
  return `${first}${more}`;
}

/** What approving lets the account do. */
export function meaning({ purpose, account, names }: ApprovalRequest): string {
  const these = names.length === 1 ? names.map(shownDomain).join("") : "these domain names";
  const servers = `whoever runs account ${account} can prove to browsers and other programs that their servers are those of ${these}`;
  return purpose === "RENEWAL"
    ? `If you approve, ${servers}, as until now. You are asked again before the next renewal.`
    : `If you approve, ${servers}, for as long as the certificate is valid. You are asked again before each renewal.`;
}

/** What to do when the request was not expected. */
export function unexpected({ purpose }: ApprovalRequest): string {
  return purpose === "RENEWAL"
    ? "If this account should no longer have a certificate for your domain, refuse. Without an approval it is not renewed and ends by itself."
    : "If you did not expect this, refuse; or do nothing: without an approval no certificate is issued.";
}

/** `22 November 2026 at 14:05 UTC` */
export function shownTime(time: Date): string {
  return `${TIME.format(time)} UTC`;
}

/** A-labels with what they stand for: `xn--bcher-kva.example (bücher.example)`. */
function shownDomain(name: string): string {
  if (!name.includes("xn--")) return name;
  const wildcard = name.startsWith("*.") ? "*." : "";
  const unicode = domainToUnicode(name.slice(wildcard.length));
  return unicode === "" ? name : `${name} (${wildcard}${unicode})`;
}

const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
