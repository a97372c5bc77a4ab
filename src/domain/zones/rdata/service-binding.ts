import { domain, ipv4, ipv6, uint, unquote, ValueProblem } from "./fields.ts";

/** SVCB and HTTPS: `priority target key=value …` (RFC 9460 §2.1). Priority 0 is an alias and takes no parameters. */
export function serviceBinding(value: string): Buffer {
  const [priority, target, ...parameters] = wordsOf(value);
  const priorityOctets = uint(priority, 2);
  if (parameters.length > 0 && priorityOctets.readUInt16BE() === 0) throw malformed("an alias takes no parameters");
  const read = parameters.map(parameter).sort((a, b) => a.key - b.key);
  if (new Set(read.map(({ key }) => key)).size < read.length) throw malformed("a parameter is given twice");
  checkMandatory(read);
  return Buffer.concat([
    priorityOctets,
    domain(target, "allow-root"),
    ...read.flatMap(({ key, data }) => [u16(key), u16(data.length), data]),
  ]);
}

interface Parameter {
  readonly key: number;
  readonly data: Buffer;
}

function parameter(text: string): Parameter {
  const [, name = "", value] = /^([a-z0-9-]+)(?:=([\s\S]*))?$/.exec(text) ?? [];
  const key = keyNumber(name);
  const octets = value?.startsWith('"') ? unquote(value).toString("latin1") : (value ?? "");
  const form = Object.hasOwn(FORMS, name) ? FORMS[name as keyof typeof FORMS] : opaque;
  const data = form(octets);
  if (data.length > 65_535) throw malformed("a parameter is too long");
  return { key, data };
}

const FORMS = {
  mandatory: (value: string) => {
    const keys = list(value).map(keyNumber);
    if (keys.includes(0) || new Set(keys).size < keys.length) throw malformed("mandatory names a key twice, or itself");
    return Buffer.concat(keys.sort((a, b) => a - b).map(u16));
  },
  alpn: (value: string) =>
    Buffer.concat(list(value).flatMap((protocol) => [uint(`${protocol.length}`, 1), latin1(protocol)])),
  "no-default-alpn": (value: string) => {
    if (value !== "") throw malformed("no-default-alpn takes no value");
    return Buffer.alloc(0);
  },
  port: (value: string) => uint(value, 2),
  ipv4hint: (value: string) => Buffer.concat(list(value).map(ipv4)),
  ech: (value: string) => {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) throw malformed("ech should be Base64");
    return Buffer.from(value, "base64");
  },
  ipv6hint: (value: string) => Buffer.concat(list(value).map(ipv6)),
};
const opaque = (value: string): Buffer => latin1(value);

function keyNumber(name: string): number {
  const known = KEYS.indexOf(name as (typeof KEYS)[number]);
  if (known >= 0) return known;
  const [, number] = /^key(0|[1-9]\d{0,4})$/.exec(name) ?? [];
  if (number === undefined || Number(number) >= 65_535) throw malformed(`there is no parameter "${name}"`);
  return Number(number);
}

/** RFC 9460 §8: what is mandatory must be there; and §7.1.1: no-default-alpn needs alpn. */
function checkMandatory(parameters: readonly Parameter[]): void {
  const keys = new Set(parameters.map(({ key }) => key));
  const mandatory = parameters.find(({ key }) => key === 0)?.data ?? Buffer.alloc(0);
  for (let at = 0; at < mandatory.length; at += 2) {
    if (!keys.has(mandatory.readUInt16BE(at))) throw malformed("a mandatory parameter is missing");
  }
  if (keys.has(KEYS.indexOf("no-default-alpn")) && !keys.has(KEYS.indexOf("alpn"))) {
    throw malformed("no-default-alpn needs alpn");
  }
}

/** Parts at blanks outside quotation marks; `key="a b"` is one word. */
function wordsOf(value: string): readonly string[] {
  return value.match(/(?:[^\s"]|"(?:[^"\\]|\\[\s\S])*"?)+/g) ?? [];
}

function list(value: string): readonly string[] {
  const items = value.split(",");
  if (items.includes("")) throw malformed("a list holds an empty item");
  return items;
}

function u16(value: number): Buffer {
  return uint(String(value), 2);
}

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const malformed = (words: string): ValueProblem => new ValueProblem("InvalidSvcParam", `Value is malformed: ${words}`);

/** IANA "Service Parameter Keys", by number. */
const KEYS = ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"] as const;
