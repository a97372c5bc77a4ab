import { children, contents, DerError, type Element, readElement } from "#lib/der-reader.ts";
import { NAME_TAGS, type RawGeneralName, readNameConstraints } from "#lib/x509-general-names.ts";

// What extensions that are passed through must hold: programs that read a malformed one differ in what they make of it.
// All of these throw DerError; that the value is DER at all, checkDer has said before.

/** RFC 5280 section 4.2.1.3: one to nine named bits, at least one of them set. */
export function checkKeyUsage(value: Buffer): void {
  const element = readElement(value);
  const [unused = 0, ...bytes] = contents(value, element);
  const last = bytes.at(-1) ?? 0;
  const isSound = bytes.length >= 1 && bytes.length <= 2 && unused <= 7 && (last & ((1 << unused) - 1)) === 0;
  if (element.tag !== BIT_STRING || !isSound || bytes.every((byte) => byte === 0)) throw new DerError("no KeyUsage");
}

/** RFC 5280 section 4.2.1.12: one purpose or more. */
export function checkExtendedKeyUsage(value: Buffer): void {
  for (const purpose of someIn(value, readElement(value))) checkOid(value, purpose);
}

/** RFC 5280 section 4.2.1.4: one policy or more, each with its identifier. */
export function checkCertificatePolicies(value: Buffer): void {
  for (const policy of someIn(value, readElement(value))) {
    const [id, qualifiers, ...more] = someIn(value, policy);
    checkOid(value, id);
    if (qualifiers) for (const one of someIn(value, qualifiers)) checkOid(value, someIn(value, one)[0]);
    if (more.length > 0) throw new DerError("no PolicyInformation");
  }
}

/** RFC 5280 section 4.2.1.10: some subtree, each of a base only; minimum and maximum must not be there. */
export function checkNameConstraints(value: Buffer): void {
  const parts = children(value, readElement(value));
  const isInOrder = parts.every(({ tag }, at) => at === 0 || tag > (parts[at - 1]?.tag ?? 0));
  if (parts.length === 0 || !isInOrder) throw new DerError("no NameConstraints");
  for (const part of parts) {
    const subtrees = children(value, part);
    if (subtrees.length === 0) throw new DerError("no GeneralSubtrees");
    for (const subtree of subtrees) {
      if (subtree.tag !== SEQUENCE || children(value, subtree).length !== 1) throw new DerError("no GeneralSubtree");
    }
  }
  const { permitted, excluded } = readNameConstraints(value);
  for (const base of [...permitted, ...excluded]) checkBase(base);
}

function checkBase({ tag, content }: RawGeneralName): void {
  if (tag === NAME_TAGS.address) {
    if (content.length !== 8 && content.length !== 32) throw new DerError("no address with its mask");
  } else if (TEXTS.has(tag) && !PRINTABLE.test(content.toString("latin1"))) {
    throw new DerError("a base that is not ASCII");
  }
}

/** What a SEQUENCE holds: at least something. */
function someIn(bytes: Buffer, element: Element): Element[] {
  const found = element.tag === SEQUENCE ? children(bytes, element) : [];
  if (found.length === 0) throw new DerError("a SEQUENCE is missing, or empty");
  return found;
}

/** Arcs may be of any size (X.660: those below 2.25 have 128 bits). */
function checkOid(bytes: Buffer, element: Element | undefined): void {
  const arcs = element?.tag === OBJECT_IDENTIFIER ? contents(bytes, element) : Buffer.alloc(0);
  const begins = (at: number): boolean => at === 0 || (arcs[at - 1] ?? 0) < 0x80;
  const isSound = arcs.length > 0 && (arcs.at(-1) ?? 0) < 0x80;
  if (!isSound || arcs.some((byte, at) => byte === 0x80 && begins(at))) throw new DerError("no OBJECT IDENTIFIER");
}

const TEXTS: ReadonlySet<number> = new Set([NAME_TAGS.email, NAME_TAGS.dns, NAME_TAGS.uri]);
const PRINTABLE = /^[\x21-\x7e]*$/;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const SEQUENCE = 0x30;
