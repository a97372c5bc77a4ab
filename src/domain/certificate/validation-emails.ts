import type { DomainName } from "#domain/names.ts";
import { publicSuffix } from "./public-suffix.ts";

/**
 * Whose mail decides about a validation domain: the domain itself, without a leading `*.` or `www.`, as ACM derives it.
 * A `www` that stands directly below a public suffix is somebody's domain and stays.
 * https://docs.aws.amazon.com/acm/latest/userguide/email-validation.html
 */
export function mailDomain(validationDomain: DomainName): DomainName {
  const name = validationDomain.replace(/^\*\./, "") as DomainName;
  const above = name.replace(/^www\./, "") as DomainName;
  return above.includes(".") && publicSuffix(above).kind !== "suffix" ? above : name;
}

/** The five addresses that letters for a validation domain go to: DescribeCertificate shows them as ValidationEmails. */
export function validationEmails(validationDomain: DomainName): readonly string[] {
  return MAILBOXES.map((mailbox) => `${mailbox}@${mailDomain(validationDomain)}`);
}

/** Those of RFC 2142 that name who runs a domain, and the two that certificate authorities added. */
const MAILBOXES = ["administrator", "hostmaster", "postmaster", "webmaster", "admin"];
