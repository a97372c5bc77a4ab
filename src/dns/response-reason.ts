import { RESPONSE_CODES } from "./message.ts";
import type { DnsResponse } from "./read-response.ts";

/** Why a response is none, to follow the server's name in a sentence: `answered SERVFAIL (DNSSEC Bogus: …)`. */
export function responseReason({ code, extendedErrors }: DnsResponse): string {
  const why = extendedErrors.map(({ code: number, text }) =>
    [EXTENDED_ERRORS[number] ?? `extended error ${number}`, text].filter((part) => part !== "").join(": "),
  );
  return `answered ${codeName(code)}${why.length === 0 ? "" : ` (${why.join("; ")})`}`;
}

function codeName(code: number): string {
  return Object.entries(RESPONSE_CODES).find(([, number]) => number === code)?.[0] ?? `response code ${code}`;
}

/** RFC 8914 §5.2. */
const EXTENDED_ERRORS: Readonly<Record<number, string>> = {
  0: "Other Error",
  1: "Unsupported DNSKEY Algorithm",
  2: "Unsupported DS Digest Type",
  3: "Stale Answer",
  4: "Forged Answer",
  5: "DNSSEC Indeterminate",
  6: "DNSSEC Bogus",
  7: "Signature Expired",
  8: "Signature Not Yet Valid",
  9: "DNSKEY Missing",
  10: "RRSIGs Missing",
  11: "No Zone Key Bit Set",
  12: "NSEC Missing",
  13: "Cached Error",
  14: "Not Ready",
  15: "Blocked",
  16: "Censored",
  17: "Filtered",
  18: "Prohibited",
  19: "Stale NXDOMAIN Answer",
  20: "Not Authoritative",
  21: "Not Supported",
  22: "No Reachable Authority",
  23: "Network Error",
  24: "Invalid Data",
};
