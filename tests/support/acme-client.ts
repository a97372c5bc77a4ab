import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { encode, integer, octetString, oid, sequence, setOf, tagged, taggedAscii, utf8String } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { distinguishedName, signed } from "#lib/x509-certificate.ts";

/** How requests reach a server: over HTTPS, or straight into it. */
export type Transport = (request: {
  readonly method: string;
  readonly url: string;
  readonly contentType?: string;
  readonly body?: string;
}) => Promise<AcmeResponse>;

export interface AcmeResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly links: readonly string[];
  readonly body: string;
}

/** What an answer says, parsed. */
export interface Answered extends AcmeResponse {
  // oxlint-disable-next-line typescript/no-explicit-any -- the JSON that went over the wire
  readonly json: any;
}

export interface Credentials {
  readonly keyId: string;
  readonly macKey: string;
}

/** A key pair that signs as one of ACME's algorithms. */
export interface Signer {
  readonly algorithm: string;
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** An ACME client without comfort: it sends what it is told to, right or wrong. */
export interface AcmeClient {
  readonly key: Signer;
  /** Undefined before `register`. */
  readonly kid: string | undefined;
  readonly directory: Readonly<Record<string, string>>;
  /** A signed request; an undefined payload is POST-as-GET. */
  post(url: string, payload?: object, more?: PostOptions): Promise<Answered>;
  get(url: string, method?: string): Promise<Answered>;
  register(credentials: Credentials | undefined, payload?: object): Promise<Answered>;
  newOrder(names: readonly string[], more?: object): Promise<Answered>;
  /** Orders, finalizes and downloads; throws with the problem when one of them is refused. */
  obtain(names: readonly string[], more?: ObtainOptions): Promise<Obtained>;
}

export interface PostOptions {
  readonly nonce?: string | undefined;
  /** Signs as this instead of as the account. */
  readonly by?: { readonly key: Signer; readonly kid?: string | undefined };
  /** Changes of the protected header; undefined takes a member away. */
  readonly header?: object;
  /** Sent instead of what would be. */
  readonly change?: (jws: Flattened) => string;
  readonly contentType?: string;
  /** Sent there, signed for the other one. */
  readonly sendTo?: string;
}

export interface ObtainOptions {
  readonly certificateKey?: KeyObject;
  readonly order?: object;
}

export interface Obtained {
  readonly pem: string;
  readonly der: Buffer;
  readonly order: Answered;
  readonly certificateKey: KeyObject;
  readonly certificateUrl: string;
}

export interface Flattened {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

export async function acmeClient(
  directoryUrl: string,
  transport: Transport,
  key: Signer = newSigner(),
): Promise<AcmeClient> {
  const answered = (response: AcmeResponse): Answered => ({ ...response, json: parse(response.body) });
  const directory = parse((await transport({ method: "GET", url: directoryUrl })).body) as Record<string, string>;
  let spare: string | undefined;
  const nonce = async (): Promise<string> => {
    const known = spare;
    spare = undefined;
    if (known !== undefined) return known;
    const { headers } = await transport({ method: "HEAD", url: directory["newNonce"] ?? "" });
    return headers["replay-nonce"] ?? "";
  };
  let kid: string | undefined;

  const send = async (url: string, payload: object | undefined, options: PostOptions): Promise<Answered> => {
    const by = options.by ?? { key, kid };
    const header = {
      nonce: "nonce" in options ? options.nonce : await nonce(),
      url,
      ...(by.kid === undefined ? { jwk: by.key.jwk } : { kid: by.kid }),
      ...options.header,
    };
    const jws = signJws(by.key, header, payload === undefined ? "" : JSON.stringify(payload));
    const response = await transport({
      method: "POST",
      url: options.sendTo ?? url,
      contentType: options.contentType ?? "application/jose+json",
      body: options.change?.(jws) ?? JSON.stringify(jws),
    });
    spare = response.headers["replay-nonce"];
    return answered(response);
  };

  const client: AcmeClient = {
    key,
    directory,
    get kid() {
      return kid;
    },
    async get(url, method = "GET") {
      return answered(await transport({ method, url }));
    },
    async post(url, payload, options = {}) {
      const answer = await send(url, payload, options);
      // As every client does: once more with a fresh nonce, unless a test cares.
      const again = answer.json?.type === "urn:ietf:params:acme:error:badNonce" && !("nonce" in options);
      return again ? await send(url, payload, options) : answer;
    },
    async register(credentials, payload = {}) {
      const url = directory["newAccount"] ?? "";
      const binding = credentials && { externalAccountBinding: externalBinding(credentials, url, key.jwk) };
      const answer = await client.post(url, { termsOfServiceAgreed: true, ...binding, ...payload }, { by: { key } });
      if (answer.status === 201 || answer.status === 200) kid = answer.headers["location"];
      return answer;
    },
    newOrder(names, more = {}) {
      const identifiers = names.map((value) => ({ type: "dns", value }));
      return client.post(directory["newOrder"] ?? "", { identifiers, ...more });
    },
    async obtain(names, { certificateKey = newKey(), order: more = {} } = {}) {
      const order = must(await client.newOrder(names, more), 201);
      const finalized = must(await client.post(order.json.finalize, { csr: csr(certificateKey, names) }), 200);
      let now = finalized;
      while (now.json.status === "processing") now = must(await client.post(order.headers["location"] ?? ""), 200);
      const downloaded = must(await client.post(now.json.certificate), 200);
      const pem = downloaded.body;
      const [, base64 = ""] = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(pem) ?? [];
      return {
        pem,
        der: Buffer.from(base64, "base64"),
        order: now,
        certificateKey,
        certificateUrl: now.json.certificate,
      };
    },
  };
  return client;
}

/** What an answer must be for a client to go on; throws with the problem. */
export function must(answer: Answered, status: number): Answered {
  if (answer.status !== status) throw new Error(`${answer.status}: ${answer.body}`);
  return answer;
}

export function newKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
}

export function newSigner(algorithm: SignerAlgorithm = "ES256"): Signer {
  const privateKey = SIGNERS[algorithm]();
  const { d: _, ...jwk } = privateKey.export({ format: "jwk" }) as Record<string, unknown>;
  for (const secret of ["p", "q", "dp", "dq", "qi"]) delete jwk[secret];
  return { algorithm, privateKey, jwk };
}

type SignerAlgorithm = "ES256" | "ES384" | "ES512" | "EdDSA" | "RS256";
const SIGNERS: Readonly<Record<SignerAlgorithm, () => KeyObject>> = {
  ES256: newKey,
  ES384: () => generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey,
  ES512: () => generateKeyPairSync("ec", { namedCurve: "secp521r1" }).privateKey,
  EdDSA: () => generateKeyPairSync("ed25519").privateKey,
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
};

/** A flattened JWS by a key of an account. */
export function signJws({ algorithm, privateKey }: Signer, header: object, payload: string): Flattened {
  return flattened({ alg: algorithm, ...header }, payload, (text) => {
    if (algorithm === "EdDSA") return sign(null, text, privateKey);
    const hash = `sha${algorithm.slice(2)}`;
    return algorithm === "RS256"
      ? sign(hash, text, privateKey)
      : sign(hash, text, { key: privateKey, dsaEncoding: "ieee-p1363" });
  });
}

/** RFC 8555 section 7.3.4. */
export function externalBinding(
  { keyId, macKey }: Credentials,
  url: string,
  jwk: object,
  header: object = {},
): Flattened {
  return flattened({ alg: "HS256", kid: keyId, url, ...header }, JSON.stringify(jwk), (text) =>
    createHmac("sha256", Buffer.from(macKey, "base64url")).update(text).digest(),
  );
}

function flattened(header: object, payload: string, signature: (text: Buffer) => Buffer): Flattened {
  const [head, body] = [JSON.stringify(header), payload].map((text) => Buffer.from(text).toString("base64url"));
  const text = Buffer.from(`${head}.${body}`);
  return { protected: head ?? "", payload: body ?? "", signature: signature(text).toString("base64url") };
}

/** What a CSR of a test says beside its names. */
export interface CsrOptions {
  readonly commonName?: string;
  readonly extensions?: readonly Buffer[];
}

/** A CSR as base64url, as `finalize` takes it. */
export function csr(privateKey: KeyObject, names: readonly string[], options: CsrOptions = {}): string {
  return csrDer(privateKey, names, options).toString("base64url");
}

export function csrDer(
  privateKey: KeyObject,
  names: readonly string[],
  { commonName, extensions = [] }: CsrOptions = {},
): Buffer {
  const spki = publicKeyOf(privateKey);
  const subject = distinguishedName(commonName === undefined ? [] : [[OID.commonName, utf8String(commonName)]]);
  const alternative = extension(OID.subjectAltName, encode(sequence(...names.map((name) => taggedAscii(2, name)))));
  const asked = [...(names.length > 0 ? [alternative] : []), ...extensions];
  const request = sequence(oid(OID.extensionRequest), setOf(sequence(...asked)));
  const info = encode(sequence(integer(0), subject, spki, tagged(0, ...(asked.length > 0 ? [request] : []))));
  const rsa = privateKey.asymmetricKeyType === "rsa";
  const algorithm = rsa ? sequence(oid(OID.sha256WithRsa), Buffer.from([5, 0])) : sequence(oid(OID.sha256WithEcdsa));
  return signed(info, encode(algorithm), sign("sha256", info, privateKey));
}

/** An extension as a CSR asks for it. */
export function extension(id: string, value: Buffer): Buffer {
  return encode(sequence(oid(id), octetString(value)));
}

function publicKeyOf(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: "spki", format: "der" });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
