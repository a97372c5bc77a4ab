import { OID } from "./oids.ts";
import { comparableNames, NAME_TAGS, type NameConstraints, type RawGeneralName } from "./x509-general-names.ts";

/** What a certificate names: its subject, and its alternative names. */
export interface NamesToCheck {
  readonly subject: {
    readonly der: Buffer;
    readonly isEmpty: boolean;
    /** The values of an attribute, by its identifier. */
    values(type: string): string[];
  };
  readonly alternative: readonly RawGeneralName[];
}

/**
 * What breaks the constraints of one of the CAs above, in words; undefined when nothing does (RFC 5280 section
 * 6.1.4 (g)). A common name counts as a host name where there is no other, as it does for OpenSSL. Each name is compared
 * with each constraint: so many of both that this takes long break them. Throws DerError for a name that cannot be read.
 */
export function brokenConstraint(names: NamesToCheck, all: readonly NameConstraints[]): string | undefined {
  if (all.length === 0) return undefined;
  const bases = all.flatMap(({ permitted, excluded }) => [...permitted, ...excluded]);
  const tags = new Set(bases.map(({ tag }) => tag));
  const checked = everyName(names).filter(({ tag }) => tags.has(tag));
  if (checked.length * bases.length > MOST_COMPARISONS) {
    return `${checked.length} names and ${bases.length} constraints are more than can be compared with each other`;
  }
  const comparable = checked.map(comparableName);
  for (const { permitted, excluded } of all) {
    const [inside, outside] = [permitted.map(comparableBase), excluded.map(comparableBase)];
    for (const name of comparable) {
      if (outside.some((base) => base.tag === name.tag && isWithin(name, base, "excluded"))) {
        return `${shown(name)} is excluded`;
      }
      const alike = inside.filter(({ tag }) => tag === name.tag);
      if (alike.length > 0 && !alike.some((base) => isWithin(name, base, "permitted"))) {
        return `${shown(name)} is not permitted`;
      }
    }
  }
  return undefined;
}

/** A name, or the base of a constraint, read once for all that it is compared with. */
interface Comparable extends RawGeneralName {
  /** Of a URI that is a name: its host, empty where it has none. */
  readonly text: string;
  /** The relative names of a directory name; of others none. */
  readonly relatives: readonly string[];
}

function comparableName(name: RawGeneralName): Comparable {
  const base = comparableBase(name);
  return name.tag === NAME_TAGS.uri ? { ...base, text: withoutDot(URL.parse(base.text)?.hostname ?? "") } : base;
}

function comparableBase({ tag, content }: RawGeneralName): Comparable {
  const isDirectory = tag === NAME_TAGS.directory;
  const text = TEXTS.has(tag) ? withoutDot(content.toString("latin1").toLowerCase()) : "";
  return { tag, content, text, relatives: isDirectory ? comparableNames(content) : [] };
}

function everyName({ subject, alternative }: NamesToCheck): RawGeneralName[] {
  const directory = subject.isEmpty ? [] : [{ tag: NAME_TAGS.directory, content: subject.der }];
  const email = subject.values(OID.emailAddress).map((text) => ({ tag: NAME_TAGS.email, content: Buffer.from(text) }));
  const hasHosts = alternative.some(({ tag }) => tag === NAME_TAGS.dns);
  const hosts = hasHosts ? [] : subject.values(OID.commonName).filter((text) => HOST.test(text));
  return [
    ...directory,
    ...email,
    ...hosts.map((text) => ({ tag: NAME_TAGS.dns, content: Buffer.from(text) })),
    ...alternative,
  ];
}

type Side = "permitted" | "excluded";

function isWithin(name: Comparable, base: Comparable, side: Side): boolean {
  switch (name.tag) {
    case NAME_TAGS.dns:
      return isHostWithin(name.text, base.text, side);
    case NAME_TAGS.email:
      return isMailboxWithin(name.text, base.text);
    case NAME_TAGS.uri:
      return isUriHostWithin(name.text, base.text, side);
    case NAME_TAGS.address:
      return isAddressWithin(name.content, base.content);
    case NAME_TAGS.directory:
      return base.relatives.every((relative, at) => relative === name.relatives[at]);
    default:
      return side === "excluded"; // a kind that we cannot compare is neither permitted nor let through
  }
}

/**
 * `example.com` holds itself and all below, `.example.com` all below. A wildcard holds every host that it can stand for:
 * some clients take a star for one wherever it stands in a label.
 */
function isHostWithin(host: string, base: string, side: Side): boolean {
  if (base === "") return true;
  const below = host.endsWith(base.startsWith(".") ? base : `.${base}`) || host === base;
  const [, behind] = /\*[^.*]*((?:\.[^*]*)?)$/.exec(host) ?? [];
  return below || (side === "excluded" && behind !== undefined && base.endsWith(behind));
}

/** A whole mailbox, all of a host (`example.com`), or of all hosts below (`.example.com`). */
function isMailboxWithin(mailbox: string, base: string): boolean {
  if (base.includes("@")) return mailbox === base;
  const host = mailbox.slice(mailbox.lastIndexOf("@") + 1);
  return base.startsWith(".") ? host.endsWith(base) : host === base || base === "";
}

/** Of a URI its host counts; one that has none is never permitted. */
function isUriHostWithin(host: string, base: string, side: Side): boolean {
  if (host === "") return side === "excluded";
  return base.startsWith(".") ? host.endsWith(base) : host === base || base === "";
}

/** Address and mask of 4 or of 16 bytes each. */
function isAddressWithin(address: Buffer, base: Buffer): boolean {
  if (base.length !== 2 * address.length) return false;
  return address.every((byte, at) => {
    const mask = base[address.length + at] ?? 0;
    return (byte & mask) === ((base[at] ?? 0) & mask);
  });
}

/** A dot at the end of a host makes it no other host. */
function withoutDot(host: string): string {
  return host.replace(/\.$/, "");
}

function shown({ tag, content }: RawGeneralName): string {
  if (tag === NAME_TAGS.address) return `the address ${content.toString("hex")}`;
  if (tag === NAME_TAGS.directory) return "the subject";
  return `"${content.toString("latin1").slice(0, 100)}"`;
}

const HOST = /^(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;
const TEXTS: ReadonlySet<number> = new Set([NAME_TAGS.dns, NAME_TAGS.email, NAME_TAGS.uri]);
/** Of one name with one constraint: together a tenth of a second. */
const MOST_COMPARISONS: number = 2 ** 18;
