import type { Exchange } from "#edge/http/exchange.ts";
import { parseIpAddress } from "#lib/ip-address.ts";

/** What conditions look at; each part is made when the first condition asks for it. */
export class Asked {
  readonly method: string;
  readonly fields: Exchange["fields"];
  readonly withheld: NonNullable<Exchange["withheld"]>;
  /** In lower case and without its port; empty when the client named none. */
  readonly host: string;
  readonly path: string;
  readonly #query: string;
  readonly #address: string;
  #pairs: readonly QueryPair[] | undefined;
  #bytes: Uint8Array | undefined;

  constructor({
    method,
    fields,
    withheld,
    host,
    target,
    client,
  }: Pick<Exchange, "method" | "fields" | "withheld" | "host" | "target" | "client">) {
    this.method = method;
    this.fields = fields;
    this.withheld = withheld ?? NONE;
    this.host = hostName(host ?? "");
    const cut = target.indexOf("?");
    this.path = cut < 0 ? target : target.slice(0, cut);
    this.#query = cut < 0 ? "" : target.slice(cut + 1);
    this.#address = client.address;
  }

  /** The parameters of the query string, decoded, in lower case. */
  get query(): readonly QueryPair[] {
    this.#pairs ??= readQuery(this.#query);
    return this.#pairs;
  }

  /** The client's address as bytes, IPv4 as four; empty if it is none. */
  get address(): Uint8Array {
    this.#bytes ??= parseIpAddress(this.#address) ?? new Uint8Array();
    return this.#bytes;
  }
}

export interface QueryPair {
  readonly key: string;
  readonly value: string;
}

/** A host name in lower case, without a port. */
export function hostName(host: string): string {
  const end = host.charCodeAt(0) === BRACKET ? host.indexOf("]") + 1 : host.indexOf(":");
  return (end > 0 ? host.slice(0, end) : host).toLowerCase();
}

/**
 * Percent-encoding is taken off before values are compared: they may hold `&` and `=`, and never `%`. A plus stays one.
 */
function readQuery(query: string): QueryPair[] {
  if (query === "") return [];
  return query
    .split("&")
    .filter((parameter) => parameter !== "")
    .map((parameter) => {
      const cut = parameter.indexOf("=");
      const key = cut < 0 ? parameter : parameter.slice(0, cut);
      return { key: decoded(key), value: cut < 0 ? "" : decoded(parameter.slice(cut + 1)) };
    });
}

/** Bytes stay what they are (latin1), as everywhere in a request. */
function decoded(text: string): string {
  const plain = text.includes("%")
    ? text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
  return plain.toLowerCase();
}

const BRACKET = 0x5b;
const NONE: readonly never[] = [];
