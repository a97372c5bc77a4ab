import type { AcmeContact } from "#domain/acme/endpoint.ts";
import { malformed } from "./jws.ts";
import { Problem } from "./problem.ts";

/**
 * The contact URLs of an account: `mailto:` with one address each (RFC 8555 section 7.3). Undefined when none are given.
 * Throws Problem for others, and where the endpoint asks for one and there is none.
 */
export function readContacts(value: unknown, policy: AcmeContact): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw malformed('"contact" is no list.');
  if (value.length > MOST_CONTACTS) throw new Problem("invalidContact", `More than ${MOST_CONTACTS} contacts.`);
  const contacts = [...new Set(value.map(readContact))];
  checkContacts(contacts, policy);
  return contacts;
}

/** Throws Problem where the endpoint asks for a contact and there is none. */
export function checkContacts(contacts: readonly string[], policy: AcmeContact): void {
  if (policy === "REQUIRED" && contacts.length === 0) {
    throw new Problem(
      "invalidContact",
      "This ACME endpoint wants to know whom to reach: register with an e-mail address, for example --email you@example.com.",
    );
  }
}

function readContact(value: unknown): string {
  if (typeof value !== "string") throw malformed('"contact" holds something that is no text.');
  const shown = value.slice(0, 100);
  if (!/^mailto:/i.test(value))
    throw new Problem("unsupportedContact", `Only mailto: contacts are kept, not ${shown}.`);
  const address = value.slice("mailto:".length);
  // RFC 8555 section 7.3: no hfields, one address.
  if (address.length > 254 || !ADDRESS.test(address)) {
    throw new Problem("invalidContact", `${shown} is not mailto: with one e-mail address.`);
  }
  return `mailto:${address}`;
}

const ADDRESS = /^[\w.!#$&'*+/=^`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;
const MOST_CONTACTS = 10;
