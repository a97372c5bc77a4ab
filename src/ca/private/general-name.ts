import type { GeneralName } from "#domain/private-ca/extensions.ts";
import { Refusal } from "#domain/refusal.ts";
import { type Der, oid, sequence, tagged, taggedAscii, taggedBytes, utf8String } from "#lib/der.ts";
import { parseIpAddress } from "#lib/ip-address.ts";
import { oidOf, subjectDer, wellFormed } from "./subject-name.ts";

/** Writes a GeneralName. Throws `private-ca-args-invalid` unless exactly one kind of name is given, in its form. */
export function generalName(name: GeneralName, member: string): Der {
  const kinds = Object.entries(name).filter(([, value]) => value !== undefined);
  const [kind, ...more] = kinds.map(([key]) => key as keyof GeneralName);
  if (!kind || more.length > 0) {
    throw invalid(`Each of ${member} must have exactly one kind of name; one has ${kinds.length}.`);
  }
  const written = WRITERS.map((write) => write(name)).find((der) => der !== undefined);
  if (!written) throw invalid(`A name of ${member} is empty.`);
  return written;
}

/** One for each kind, in the order of their tags (RFC 5280 section 4.2.1.6); a kind that is not given passes. */
const WRITERS: readonly ((name: GeneralName) => Der | undefined)[] = [
  ({ OtherName: other }) =>
    other && tagged(0, oid(oidOf(other.TypeId)), tagged(0, utf8String(wellFormed(other.Value)))),
  ({ Rfc822Name: mailbox }) =>
    mailbox === undefined ? undefined : taggedAscii(1, ascii(mailbox, "Rfc822Name", MAILBOX)),
  ({ DnsName: host }) => (host === undefined ? undefined : taggedAscii(2, ascii(host, "DnsName", HOST))),
  ({ DirectoryName: directory }) => directory && tagged(4, subjectDer(directory)),
  ({ EdiPartyName: party }) =>
    party &&
    tagged(
      5,
      ...(party.NameAssigner === undefined ? [] : [tagged(0, utf8String(wellFormed(party.NameAssigner)))]),
      tagged(1, utf8String(wellFormed(party.PartyName))),
    ),
  ({ UniformResourceIdentifier: uri }) =>
    uri === undefined ? undefined : taggedAscii(6, ascii(uri, "UniformResourceIdentifier", URI)),
  ({ IpAddress: text }) => (text === undefined ? undefined : taggedBytes(7, address(text))),
  ({ RegisteredId: id }) => (id === undefined ? undefined : taggedBytes(8, oid(oidOf(id)).subarray(2))),
];

function ascii(text: string, member: string, form: RegExp): string {
  if (!form.test(text)) throw invalid(`"${text.slice(0, 100)}" is no ${member}.`);
  return text;
}

function address(text: string): Buffer {
  const bytes = parseIpAddress(text);
  if (!bytes) throw invalid(`"${text}" is no IpAddress.`);
  return bytes;
}

export function sequenceOfNames(names: readonly GeneralName[], member: string): Der {
  return sequence(...names.map((name) => generalName(name, member)));
}

function invalid(message: string): Refusal {
  return new Refusal("private-ca-args-invalid", message);
}

/** Private names may be of any labels; what may not be is anything but printable ASCII without spaces. */
const HOST = /^[\x21-\x7e]{1,253}$/;
const MAILBOX = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/;
const URI = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]*$/i;
