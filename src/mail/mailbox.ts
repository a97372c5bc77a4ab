/** Who sends: an address, and the name that is shown for it. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** Reads `acm@example.com` or `Certificates <acm@example.com>`; undefined for anything else. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, quoted, plain, bracketed, bare] =
    /^(?:(?:"([^"]{0,100})"|([^"<>@]{0,100}?))\s*<([^<>]+)>|(\S+))$/.exec(text.trim()) ?? [];
  const name = (quoted ?? plain ?? "").trim();
  const address = bracketed ?? bare ?? "";
  const valid = ADDRESS.test(address) && address.length <= MOST_ADDRESS && !CONTROL.test(name);
  return valid ? { name, address } : undefined;
}

/** The part behind the @. */
export function domainOf({ address }: Mailbox): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

/** The plain addresses of RFC 5321 §4.1.2 (Dot-string), at a host of one or more labels. */
const ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~-]{1,64}(\.[\w!#$%&'*+/=?^`{|}~-]{1,64})*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
// oxlint-disable-next-line no-control-regex -- what must not get into a header
const CONTROL = /[\x00-\x1f\x7f]/;
/** RFC 5321 §4.5.3.1.3, without the brackets. */
const MOST_ADDRESS = 254;
