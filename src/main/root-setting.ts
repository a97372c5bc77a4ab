import type { TokenPlace } from "#custody/pkcs11-token.ts";
import { ConfigError } from "./config-error.ts";

/** Where a root of custody is kept, and never the secret itself. */
export type RootSetting =
  | { readonly kind: "key-file"; readonly path: string }
  | { readonly kind: "passphrase"; readonly path: string }
  | { readonly kind: "pkcs11"; readonly place: TokenPlace; readonly pin: PinSource };

/** Where the PIN of a token is read from, whenever it is needed. */
export type PinSource = { readonly path: string } | { readonly fd: number };

/**
 * Reads `key-file:PATH`, `passphrase:PATH`, or where a key is in a PKCS#11 token as RFC 7512 writes it:
 * `pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY&pin-source=FILE`. Throws ConfigError.
 */
export function parseRootSetting(text: string): RootSetting {
  const [, kind, rest = ""] = /^(key-file|passphrase|pkcs11):(.*)$/s.exec(text) ?? [];
  if (kind === "pkcs11") return parseToken(rest);
  if (kind === undefined || rest === "") throw new ConfigError(`"${text}" is not ${FORMS}`);
  return { kind: kind as "key-file" | "passphrase", path: rest };
}

function parseToken(rest: string): RootSetting {
  const [path = "", query = ""] = rest.split("?", 2);
  const attributes = new Map<string, string>();
  for (const [part, separator, allowed] of [
    [path, ";", PATH_ATTRIBUTES],
    [query, "&", QUERY_ATTRIBUTES],
  ] as const) {
    for (const attribute of part.split(separator).filter(Boolean)) {
      const [name = "", value = ""] = attribute.split("=", 2);
      if (name === "pin-value") throw new ConfigError("a PIN is never given in a setting: name its file by pin-source");
      if (!allowed.includes(name)) throw new ConfigError(`pkcs11: does not take "${name}" there; give ${FORMS}`);
      if (attributes.has(name)) throw new ConfigError(`pkcs11: has ${name} twice`);
      attributes.set(name, decode(value));
    }
  }
  const need = (name: string): string => {
    const value = attributes.get(name);
    if (value === undefined || value === "") throw new ConfigError(`pkcs11: needs ${name}; give ${FORMS}`);
    return value;
  };
  const place = { library: need("module-path"), token: need("token"), object: need("object") };
  return { kind: "pkcs11", place, pin: pinSource(need("pin-source")) };
}

/** A path, `file:` and a path, or `fd:` and the number of a descriptor that this process was started with. */
function pinSource(text: string): PinSource {
  const [, fd] = /^fd:(\d{1,4})$/.exec(text) ?? [];
  if (fd !== undefined) return { fd: Number(fd) };
  const path = text.replace(/^file:(\/\/)?/, "");
  if (path === "" || path.startsWith("|")) throw new ConfigError(`pin-source names a file or fd:N, not "${text}"`);
  return { path };
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new ConfigError(`"${value}" is not percent-encoded (RFC 3986 section 2.1)`);
  }
}

/** Shows where a root is, as it is written in settings. */
export function showRootSetting(setting: RootSetting): string {
  if (setting.kind !== "pkcs11") return `${setting.kind}:${setting.path}`;
  const { library, token, object } = setting.place;
  const pin = "fd" in setting.pin ? `fd:${setting.pin.fd}` : setting.pin.path;
  const [t, o, l, p] = [token, object, library, pin].map((text) => encodeURIComponent(text).replaceAll("%2F", "/"));
  return `pkcs11:token=${t};object=${o}?module-path=${l}&pin-source=${p}`;
}

const PATH_ATTRIBUTES: readonly string[] = ["token", "object"];
const QUERY_ATTRIBUTES: readonly string[] = ["module-path", "pin-source"];
const FORMS = "key-file:PATH, passphrase:PATH or pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY&pin-source=FILE";
