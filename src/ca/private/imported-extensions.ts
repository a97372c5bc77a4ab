import { AsnConvert } from "@peculiar/asn1-schema";
import { BasicConstraints, type Extension, KeyUsage, SubjectKeyIdentifier } from "@peculiar/asn1-x509";
import { Refusal } from "#domain/refusal.ts";
import { checkDer } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { readNameConstraints } from "#lib/x509-general-names.ts";

/**
 * Checks that what a CA's certificate, or one above it, says about those below can be read whenever the CA signs. Throws
 * `private-ca-certificate-malformed`. `subject` is whose certificate it is, for the message.
 */
export function checkReadableExtensions(extensions: readonly Extension[], subject: string): void {
  for (const { extnID, extnValue } of extensions) {
    const reader = READERS.get(extnID);
    if (!reader) continue;
    const found = sizeOf(Buffer.from(extnValue.buffer), reader, subject);
    if (found > MOST_SUBTREES) {
      throw malformed(`The certificate of ${subject} has ${found} name constraints; ${MOST_SUBTREES} are allowed.`);
    }
  }
}

/** How many name constraints it has; none where it is another extension. */
function sizeOf(value: Buffer, { name, read }: Reader, subject: string): number {
  try {
    checkDer(value);
    return read(value) ?? 0;
  } catch (error) {
    throw malformed(`The ${name} extension of the certificate of ${subject} is malformed.`, error);
  }
}

function malformed(message: string, cause?: unknown): Refusal {
  return new Refusal("private-ca-certificate-malformed", message, cause === undefined ? undefined : { cause });
}

interface Reader {
  readonly name: string;
  readonly read: (value: Buffer) => number | undefined;
}
/** All that path-limits.ts and import.ts read. */
const READERS: ReadonlyMap<string, Reader> = new Map([
  [OID.basicConstraints, { name: "basicConstraints", read: parsing(BasicConstraints) }],
  [OID.keyUsage, { name: "keyUsage", read: parsing(KeyUsage) }],
  [OID.subjectKeyIdentifier, { name: "subjectKeyIdentifier", read: parsing(SubjectKeyIdentifier) }],
  [
    OID.nameConstraints,
    {
      name: "nameConstraints",
      read(value: Buffer) {
        const { permitted, excluded } = readNameConstraints(value);
        return permitted.length + excluded.length;
      },
    },
  ],
]);

function parsing(type: new () => unknown): (value: Buffer) => undefined {
  return (value) => {
    AsnConvert.parse(value, type);
    return undefined;
  };
}

/** All of them are compared with each name of each certificate that the CA issues. */
const MOST_SUBTREES = 1000;
