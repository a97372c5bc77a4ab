import type { Name } from "@peculiar/asn1-x509";
import { OID } from "./oids.ts";

/**
 * A distinguished name as ACM prints it: `C=AU,ST=Some-State,O=…,CN=…`, in the order of the certificate. What would be
 * read as a separator is escaped as RFC 4514 section 2.4 says.
 */
export function nameText(name: Name): string {
  return name
    .map((attributes) =>
      attributes.map(({ type, value }) => `${SHORT_NAMES[type] ?? type}=${escape(text(value))}`).join("+"),
    )
    .join(",");
}

/**
 * A distinguished name as RFC 2253 has it: the last relative name first. All of it is ASCII; other characters are written
 * as the bytes of their UTF-8 (section 2.4), so that it may stand in a header field.
 */
export function nameText2253(name: Name): string {
  return nameText([...name].reverse() as unknown as Name).replace(/[^\x20-\x7e]/gu, (character) =>
    Buffer.from(character).reduce((out, byte) => `${out}\\${byte.toString(16).padStart(2, "0").toUpperCase()}`, ""),
  );
}

/** The first value of an attribute; undefined when the name has none. */
export function attributeOf(name: Name, type: keyof typeof OID): string | undefined {
  const found = name.flatMap((attributes) => [...attributes]).find((attribute) => attribute.type === OID[type]);
  return found && text(found.value);
}

function text(value: { toString(): string }): string {
  return value.toString();
}

function escape(value: string): string {
  return value
    .replace(/[,+"\\<>;]/g, "\\$&")
    .replace(/^[ #]| $/g, "\\$&")
    .replaceAll("\0", "\\00");
}

/** RFC 4514 section 3, and what OpenSSL calls the others. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  [OID.commonName]: "CN",
  [OID.countryName]: "C",
  [OID.organizationName]: "O",
  "2.5.4.4": "SN",
  "2.5.4.5": "serialNumber",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.11": "OU",
  "2.5.4.12": "title",
  "2.5.4.42": "GN",
  "2.5.4.97": "organizationIdentifier",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
  "1.2.840.113549.1.9.1": "emailAddress",
};
