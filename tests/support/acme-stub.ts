import "reflect-metadata";
import { createHash, randomBytes, webcrypto } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as x509 from "@peculiar/x509";
import { calculateJwkThumbprint, flattenedVerify, importJWK, type JWK } from "jose";
import { onTestFinished } from "vitest";
import { DAY, later, type Millis } from "#lib/duration.ts";

/** A problem document to be answered. */
export interface StubProblem {
  readonly type: string;
  readonly detail?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly subproblems?: readonly object[];
}

/** What an answer is instead of the right one. */
export interface StubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Resource =
  | "directory"
  | "nonce"
  | "account"
  | "account-update"
  | "order"
  | "order-status"
  | "authorization"
  | "challenge"
  | "finalize"
  | "certificate"
  | "revoke"
  | "renewal-info";

/** How the server behaves; a test changes it at any time. */
export interface StubBehaviour {
  /** Members of the directory's `meta`. */
  meta: Record<string, unknown>;
  /** Whether the directory names renewalInfo (RFC 9773). */
  renewalInfo: boolean;
  /** Key ids and keys of customers (RFC 8555 section 7.3.4). */
  readonly customers: Map<string, string>;
  /** What is wrong with a request that is well signed; undefined when nothing is. */
  refuse: (resource: Resource, payload: Record<string, unknown>) => StubProblem | undefined;
  /** Bytes instead of an answer. */
  answer: (resource: Resource) => StubAnswer | undefined;
  /** Why the look at a name's answer fails. */
  validate: (challenge: {
    readonly type: string;
    readonly name: string;
    readonly token: string;
    /** What proves it; of a record that stays, the account's URL. */
    readonly expected: string;
  }) => Promise<StubProblem | undefined>;
  /** Types of challenges that are offered. */
  challenges: readonly string[];
  /** Times that a finalized order is still `processing` when it is read. */
  processing: number;
  lifetime: Millis;
  /** The window of a certificate, by its id. */
  window: (id: string) => { start: Date; end: Date; explanationURL?: string };
  /** Signs the leaf for another key or other names. */
  wrong: "key" | "names" | undefined;
  retryAfter: string | undefined;
}

/** A request that was well signed. */
export interface StubRequest {
  readonly resource: Resource;
  readonly path: string;
  readonly payload: Record<string, unknown> | undefined;
  readonly account: string | undefined;
}

/** A small ACME server (RFC 8555, RFC 9773, draft-ietf-acme-profiles) on clear HTTP, whose behaviour a test decides. */
export interface AcmeStub extends StubBehaviour {
  readonly directory: string;
  readonly requests: StubRequest[];
  readonly revoked: { readonly certificate: string; readonly reason: unknown }[];
  readonly accounts: Map<string, { readonly jwk: JWK; status: string; contact: unknown; eab: boolean }>;
  /** How often a resource was asked for with success. */
  count(resource: Resource): number;
}

/** Runs until the test ends; `now` is the time that stands in certificates. */
export async function acmeStub(now: () => Date): Promise<AcmeStub> {
  const authority = await stubAuthority(now());
  const nonces = new Set<string>();
  const orders = new Map<string, Order>();
  /** When the window of a certificate was asked for first. */
  const asked = new Map<string, Date>();
  const behaviour: StubBehaviour = {
    meta: {},
    renewalInfo: true,
    customers: new Map(),
    refuse: () => undefined,
    answer: () => undefined,
    validate: () => Promise.resolve(undefined),
    challenges: ["http-01", "dns-01"],
    processing: 0,
    lifetime: 90 * DAY,
    window(id) {
      const from = asked.get(id) ?? now();
      asked.set(id, from);
      return { start: later(from, 60 * DAY), end: later(from, 61 * DAY) };
    },
    wrong: undefined,
    retryAfter: undefined,
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (error instanceof Problem) send(response, problem(error.what));
      else send(response, { status: 500, body: String(error) });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stub: AcmeStub = {
    ...behaviour,
    directory: `${origin}/directory`,
    requests: [],
    revoked: [],
    accounts: new Map(),
    count: (resource) => stub.requests.filter((one) => one.resource === resource).length,
  };

  const nonce = (): string => {
    const made = randomBytes(16).toString("base64url");
    nonces.add(made);
    return made;
  };
  const send = (response: ServerResponse, { status, headers = {}, body = "" }: StubAnswer): void => {
    response.writeHead(status, { "replay-nonce": nonce(), link: `<${stub.directory}>;rel="index"`, ...headers });
    response.end(body);
  };
  const json = (status: number, value: object, headers: Record<string, string> = {}): StubAnswer => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(value),
  });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url: path = "" } = request;
    if (!request.headers["user-agent"]) throw new Problem({ type: "malformed", detail: "no User-Agent" });
    const [, root = "", id = "", more = ""] = path.split("/");
    const resource = RESOURCES[root];
    if (!resource) return send(response, { status: 404 });
    const instead = stub.answer(resource);
    if (instead) return send(response, instead);
    if (resource === "directory") return send(response, json(200, directory()));
    if (resource === "nonce") return send(response, { status: method === "HEAD" ? 200 : 204 });
    if (resource === "renewal-info") {
      stub.requests.push({ resource, path, payload: undefined, account: undefined });
      const refused = stub.refuse(resource, {});
      if (refused) throw new Problem(refused);
      const { start, end, explanationURL } = stub.window(id);
      const suggestedWindow = { start: start.toISOString(), end: end.toISOString() };
      const retry = stub.retryAfter === undefined ? {} : { "retry-after": stub.retryAfter };
      return send(response, json(200, { suggestedWindow, explanationURL }, retry));
    }
    const { payload, account, jwk } = await verified(request, path, await readAll(request));
    const refused = stub.refuse(resource, payload ?? {});
    if (refused) throw new Problem(refused);
    stub.requests.push({ resource, path, payload, account });
    const act = ACTS[resource];
    send(response, act ? await act({ id, more, payload: payload ?? {}, account, jwk }) : { status: 404 });
  };

  const directory = (): object => ({
    newNonce: `${origin}/nonce`,
    newAccount: `${origin}/account`,
    newOrder: `${origin}/order`,
    revokeCert: `${origin}/revoke`,
    keyChange: `${origin}/key-change`,
    ...(stub.renewalInfo ? { renewalInfo: `${origin}/renewal-info` } : {}),
    meta: stub.meta,
  });

  const verified = async (request: IncomingMessage, path: string, body: string): Promise<Verified> => {
    if (request.method !== "POST") throw new Problem({ type: "malformed", detail: "POST only", status: 405 });
    if (request.headers["content-type"] !== "application/jose+json") throw new Problem({ type: "malformed" });
    const jws = JSON.parse(body) as { protected: string; payload: string };
    const header = JSON.parse(Buffer.from(jws.protected, "base64url").toString()) as Record<string, string> & {
      jwk?: JWK;
    };
    if (header["url"] !== `${origin}${path}`) throw new Problem({ type: "unauthorized", detail: "another URL" });
    if (!nonces.delete(header["nonce"] ?? "")) throw new Problem({ type: "badNonce" });
    const account = header["kid"];
    const jwk = account === undefined ? header.jwk : stub.accounts.get(account)?.jwk;
    if (!jwk) throw new Problem({ type: "accountDoesNotExist" });
    await flattenedVerify(JSON.parse(body), await importJWK(jwk, "ES256"), { algorithms: ["ES256"] });
    const text = Buffer.from(jws.payload, "base64url").toString();
    return { payload: text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>), account, jwk };
  };

  const ACTS: Readonly<Record<string, (asked: Act) => Promise<StubAnswer> | StubAnswer>> = {
    async account({ payload, jwk }) {
      const thumbprint = await calculateJwkThumbprint(jwk);
      const url = `${origin}/acct/${thumbprint}`;
      const known = stub.accounts.get(url);
      if (known) return json(200, { status: known.status, contact: known.contact }, { location: url });
      if (stub.meta["termsOfService"] && payload["termsOfServiceAgreed"] !== true) {
        throw new Problem({ type: "userActionRequired" });
      }
      const eab = payload["externalAccountBinding"] as { protected: string; payload: string } | undefined;
      if (stub.meta["externalAccountRequired"] && !eab) throw new Problem({ type: "externalAccountRequired" });
      if (eab) {
        const { kid } = JSON.parse(Buffer.from(eab.protected, "base64url").toString()) as { kid: string };
        const key = stub.customers.get(kid);
        if (key === undefined) throw new Problem({ type: "unauthorized", detail: "unknown key id" });
        try {
          const { payload: bound, protectedHeader } = await flattenedVerify(
            eab as never,
            Buffer.from(key, "base64url"),
          );
          if (protectedHeader?.["url"] !== `${origin}/account`) throw new Error("another URL");
          if ((await calculateJwkThumbprint(JSON.parse(Buffer.from(bound).toString()) as JWK)) !== thumbprint) {
            throw new Error("another key");
          }
        } catch (error) {
          throw new Problem({ type: "unauthorized", detail: String(error) });
        }
      }
      stub.accounts.set(url, { jwk, status: "valid", contact: payload["contact"] ?? [], eab: eab !== undefined });
      return json(201, { status: "valid" }, { location: url });
    },
    "account-update"({ payload, account = "" }) {
      const known = stub.accounts.get(account);
      if (known && payload["contact"]) known.contact = payload["contact"];
      return json(200, { status: known?.status });
    },
    order({ payload, account = "" }) {
      const id = randomBytes(8).toString("hex");
      const names = (payload["identifiers"] as { value: string }[]).map(({ value }) => value);
      const bases = [...new Set(names.map((name) => name.replace(/^\*\./, "")))];
      const authorizations = bases.map((name) => ({ name, token: randomBytes(16).toString("base64url") }));
      const order: Order = { id, account, names, authorizations, states: new Map(), status: "pending", reads: 0 };
      orders.set(id, order);
      return json(201, shown(order), { location: `${origin}/order-status/${id}` });
    },
    "order-status"({ id }) {
      const order = found(id);
      if (order.status === "processing" && order.reads++ >= stub.processing) order.status = "valid";
      return json(
        200,
        shown(order),
        order.status === "processing" && stub.retryAfter ? { "retry-after": stub.retryAfter } : {},
      );
    },
    authorization({ id, more }) {
      return json(200, authorization(found(id), Number(more)));
    },
    async challenge({ id, more, jwk, account = "" }) {
      const order = found(id);
      const [at, type = ""] = more.split(":");
      const { name = "", token = "" } = order.authorizations[Number(at)] ?? {};
      const proof = `${token}.${await calculateJwkThumbprint(jwk)}`;
      const hash = createHash("sha256").update(proof).digest("base64url");
      const expected = { "dns-01": hash, "dns-persist-01": account }[type] ?? proof;
      const failure = await stub.validate({ type, name, token, expected });
      order.states.set(Number(at), failure ?? "valid");
      if (failure) order.status = "invalid";
      else if (order.authorizations.every((_, index) => order.states.get(index) === "valid")) order.status = "ready";
      return json(200, { type, url: `${origin}/challenge/${id}/${more}`, status: "processing", token });
    },
    async finalize({ id, payload }) {
      const order = found(id);
      if (order.status !== "ready") throw new Problem({ type: "orderNotReady", status: 403 });
      const csr = new x509.Pkcs10CertificateRequest(Buffer.from(payload["csr"] as string, "base64url"));
      if (!(await csr.verify())) throw new Problem({ type: "badCSR", detail: "wrong signature" });
      order.certificate = await authority.issue(csr, order.names, {
        now: now(),
        lifetime: stub.lifetime,
        wrong: stub.wrong,
      });
      order.status = stub.processing > 0 ? "processing" : "valid";
      return json(200, shown(order));
    },
    certificate: ({ id, more }) => ({
      status: 200,
      headers: {
        "content-type": "application/pem-certificate-chain",
        link: `<${origin}/certificate/${id}/other>; rel="alternate"`,
      },
      body: (found(id).certificate ?? "") + (more === "other" ? authority.otherChain : authority.chain),
    }),
    revoke({ payload }) {
      stub.revoked.push({ certificate: String(payload["certificate"]), reason: payload["reason"] });
      return { status: 200 };
    },
  };

  const found = (id: string): Order => {
    const order = orders.get(id);
    if (!order) throw new Problem({ type: "malformed", detail: "no such order", status: 404 });
    return order;
  };
  const shown = (order: Order): object => ({
    status: order.status,
    expires: later(now(), 7 * DAY).toISOString(),
    identifiers: order.names.map((value) => ({ type: "dns", value })),
    authorizations: order.authorizations.map((_, at) => `${origin}/authorization/${order.id}/${at}`),
    finalize: `${origin}/finalize/${order.id}`,
    ...(order.status === "valid" ? { certificate: `${origin}/certificate/${order.id}` } : {}),
  });
  const authorization = (order: Order, at: number): object => {
    const { name = "", token = "" } = order.authorizations[at] ?? {};
    const state = order.states.get(at) ?? "pending";
    const status = typeof state === "string" ? state : "invalid";
    return {
      status,
      identifier: { type: "dns", value: name },
      challenges: stub.challenges.map((type) => ({
        type,
        url: `${origin}/challenge/${order.id}/${at}:${type}`,
        status,
        ...(type === "dns-persist-01" ? { "issuer-domain-names": ["ca.kiln.com"] } : { token }),
        ...(typeof state === "string" ? {} : { error: document(state) }),
      })),
    };
  };
  return stub;
}

interface Order {
  readonly id: string;
  readonly account: string;
  readonly names: readonly string[];
  readonly authorizations: readonly { readonly name: string; readonly token: string }[];
  readonly states: Map<number, "valid" | StubProblem>;
  status: "pending" | "ready" | "processing" | "valid" | "invalid";
  reads: number;
  certificate?: string;
}

interface Verified {
  readonly payload: Record<string, unknown> | undefined;
  readonly account: string | undefined;
  readonly jwk: JWK;
}

interface Act {
  readonly id: string;
  readonly more: string;
  readonly payload: Record<string, unknown>;
  readonly account: string | undefined;
  readonly jwk: JWK;
}

class Problem extends Error {
  readonly what: StubProblem;

  constructor(what: StubProblem) {
    super(what.type);
    this.what = what;
  }
}

function document({ type, detail = type, subproblems }: StubProblem): object {
  const urn = type.includes(":") ? type : `urn:ietf:params:acme:error:${type}`;
  return { type: urn, detail, ...(subproblems ? { subproblems } : {}) };
}

function problem(what: StubProblem): StubAnswer {
  return {
    status: what.status ?? 400,
    headers: { "content-type": "application/problem+json", ...what.headers },
    body: JSON.stringify(document(what)),
  };
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const RESOURCES: Readonly<Record<string, Resource>> = {
  directory: "directory",
  nonce: "nonce",
  account: "account",
  acct: "account-update",
  order: "order",
  "order-status": "order-status",
  authorization: "authorization",
  challenge: "challenge",
  finalize: "finalize",
  certificate: "certificate",
  revoke: "revoke",
  "renewal-info": "renewal-info",
};

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A root, an intermediate below it, and the same intermediate below another root. */
async function stubAuthority(now: Date): Promise<{
  readonly chain: string;
  readonly otherChain: string;
  issue(
    csr: x509.Pkcs10CertificateRequest,
    names: readonly string[],
    options: { readonly now: Date; readonly lifetime: Millis; readonly wrong: StubBehaviour["wrong"] },
  ): Promise<string>;
}> {
  const makeKeys = () => webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
  const period = { notBefore: later(now, -DAY), notAfter: later(now, 3650 * DAY), signingAlgorithm: EC };
  const ca = [new x509.BasicConstraintsExtension(true, undefined, true)];
  const rootNamed = async (name: string) => {
    const keys = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...period,
      name: `CN=${name}`,
      keys,
      extensions: ca,
    });
    return { keys, certificate };
  };
  const [root, other, intermediate] = await Promise.all([rootNamed("Stub Root"), rootNamed("Other Root"), makeKeys()]);
  const below = async ({ keys, certificate }: Awaited<ReturnType<typeof rootNamed>>) =>
    x509.X509CertificateGenerator.create({
      ...period,
      subject: "CN=Stub Intermediate,O=Stub CA",
      issuer: certificate.subject,
      publicKey: intermediate.publicKey,
      signingKey: keys.privateKey,
      extensions: ca,
    });
  const [signer, otherSigner] = await Promise.all([below(root), below(other)]);
  return {
    chain: `${signer.toString("pem")}\n`,
    otherChain: `${otherSigner.toString("pem")}\n`,
    async issue(csr, names, { now: from, lifetime, wrong }) {
      const extension = csr.extensions.find(({ type }) => type === "2.5.29.17");
      const asked = extension ? new x509.SubjectAlternativeNameExtension(extension.rawData).names.toJSON() : [];
      const wanted = asked.map(({ value }) => value).sort();
      if (wanted.join() !== [...names].sort().join()) throw new Problem({ type: "badCSR", detail: "other names" });
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: randomBytes(16).toString("hex").replace(/^./, "4"),
        subject: "",
        issuer: signer.subject,
        notBefore: from,
        notAfter: later(from, lifetime),
        signingAlgorithm: EC,
        publicKey: wrong === "key" ? intermediate.publicKey : csr.publicKey,
        signingKey: intermediate.privateKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            (wrong === "names" ? ["other.com"] : names).map((value) => ({ type: "dns" as const, value })),
            true,
          ),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          await x509.AuthorityKeyIdentifierExtension.create(intermediate.publicKey),
        ],
      });
      return `${certificate.toString("pem")}\n`;
    },
  };
}
