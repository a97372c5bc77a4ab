import { createHash, generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { type OutsideLog, readLogList } from "#ca/transparency/outside/log-list.ts";
import { loggedTbs } from "#ca/transparency/structures.ts";
import type { Clock } from "#lib/clock.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
import { selfSigned } from "./self-signed.ts";

/** What a log answers; `hang`: nothing, ever. */
export type LogAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  | "hang";

/** The members of an answer to add-pre-chain. */
export interface Stamp {
  readonly sct_version: number;
  readonly id: string;
  readonly timestamp: number;
  readonly extensions: string;
  readonly signature: string;
}

/** A log of certificates: a real server of RFC 6962's add-pre-chain that checks chains and signs timestamps. */
export interface CtLogServer {
  readonly url: string;
  /** SubjectPublicKeyInfo, base64. */
  readonly key: string;
  readonly operator: string;
  readonly description: string;
  /** PEM: whom to trust at its HTTPS; undefined for clear HTTP. */
  readonly ca: string | undefined;
  /** Precertificates that it logged, once each. */
  readonly entries: readonly Buffer[];
  /** How often it was asked. */
  asked: number;
  /** Waits until it was asked so often. */
  wasAsked(times: number): Promise<void>;
  /** What it answers instead of the truth, which it is given; the truth unless told. */
  answer: (truth: LogAnswer, stamp: Stamp | undefined) => LogAnswer;
  /** As it stands in a list of logs. */
  readonly entry: object;
  /** Signs anything in its name, as DigitallySigned. */
  digitallySigned(input: Buffer): Buffer;
}

export interface CtLogOptions {
  readonly clock: Clock;
  /** DER of the roots that it accepts. */
  readonly roots: readonly Uint8Array[];
  readonly operator?: string;
  readonly description?: string;
  readonly type?: "ec" | "rsa";
  readonly https?: boolean;
  /** As logs of the static CT API do: with the place of the entry in the extensions, and under `tiled_logs`. */
  readonly tiled?: boolean;
  readonly interval?: { readonly start_inclusive: string; readonly end_exclusive: string };
}

/** Starts one on this machine; it is closed when the test ends. */
export async function ctLogServer({
  clock,
  roots,
  operator = "Kiln",
  description = `${operator}'s log`,
  type = "ec",
  https = false,
  tiled = false,
  interval,
}: CtLogOptions): Promise<CtLogServer> {
  const { privateKey, publicKey } = newKey(type);
  const spki = publicKey.export({ type: "spki", format: "der" });
  const id = createHash("sha256").update(spki).digest();
  const entries: Buffer[] = [];
  const stamps = new Map<string, Stamp>();
  const waiting: { readonly times: number; readonly resolve: () => void }[] = [];

  const digitallySigned = (input: Buffer): Buffer => {
    const signature = sign("sha256", input, privateKey);
    return Buffer.concat([Buffer.from([4, type === "ec" ? 3 : 1]), vector(signature, 2)]);
  };
  const stampOf = (chain: readonly Buffer[]): Stamp | string => {
    const problem = chainProblem(chain, roots);
    if (problem !== undefined) return problem;
    const [precertificate, issuer] = chain as [Buffer, Buffer];
    const known = stamps.get(precertificate.toString("base64"));
    if (known) return known;
    const keyHash = createHash("sha256").update(readCertificate(issuer).subjectPublicKeyInfo).digest();
    const index = Buffer.from([0, 0, 5, 0, 0, 0, 0, entries.length]);
    const extensions = tiled ? index : Buffer.alloc(0);
    const timestamp = clock.now().getTime();
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(timestamp));
    const tbs = loggedTbs(readCertificate(precertificate).tbs);
    const input = Buffer.concat([
      Buffer.from([0, 0]),
      time,
      Buffer.from([0, 1]),
      keyHash,
      vector(tbs, 3),
      vector(extensions, 2),
    ]);
    const stamp = {
      sct_version: 0,
      id: id.toString("base64"),
      timestamp,
      extensions: extensions.toString("base64"),
      signature: digitallySigned(input).toString("base64"),
    };
    entries.push(precertificate);
    stamps.set(precertificate.toString("base64"), stamp);
    return stamp;
  };
  const take = async (body: string): Promise<{ truth: LogAnswer; stamp: Stamp | undefined }> => {
    const { chain } = JSON.parse(body) as { chain: string[] };
    const stamp = stampOf(chain.map((one) => Buffer.from(one, "base64")));
    return typeof stamp === "string"
      ? { truth: { status: 400, body: stamp }, stamp: undefined }
      : { truth: { status: 200, body: JSON.stringify(stamp) }, stamp };
  };
  const listener: RequestListener = (request, response) => {
    if (request.method !== "POST" || request.url !== "/log/ct/v1/add-pre-chain") {
      send({ status: 404, body: "nothing is here" }, response);
      return;
    }
    void text(request)
      .then(take)
      .then(({ truth, stamp }) => {
        log.asked++;
        send(log.answer(truth, stamp), response);
        for (const { times, resolve } of waiting) if (log.asked >= times) resolve();
      });
  };
  const days = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000) };
  const own = https ? await selfSigned({ names: ["localhost"], ...days }) : undefined;
  const server = own
    ? createTlsServer({ key: own.privateKey, cert: own.certificate }, listener)
    : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = own ? `https://localhost:${port}/log/` : `http://127.0.0.1:${port}/log/`;
  const log: CtLogServer = {
    url,
    key: spki.toString("base64"),
    operator,
    description,
    ca: own?.certificate,
    entries,
    asked: 0,
    wasAsked(times) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (log.asked >= times) resolve();
      else waiting.push({ times, resolve });
      return promise;
    },
    answer: (truth) => truth,
    entry: {
      description,
      log_id: id.toString("base64"),
      key: spki.toString("base64"),
      ...(tiled ? { submission_url: url, monitoring_url: url } : { url }),
      mmd: 86_400,
      state: { usable: { timestamp: "2026-01-01T00:00:00Z" } },
      ...(interval ? { temporal_interval: interval } : {}),
    },
    digitallySigned,
  };
  return log;
}

/** A list of these logs, as browsers have it: log_list.json, version 3. */
export function logListOf(logs: readonly CtLogServer[]): string {
  const operators = [...new Set(logs.map(({ operator }) => operator))].map((name) => {
    const own = logs.filter(({ operator }) => operator === name).map(({ entry }) => entry);
    const [tiled_logs, plain] = [own.filter((one) => "submission_url" in one), own.filter((one) => "url" in one)];
    return { name, email: [`ct@${name.toLowerCase()}.example`], logs: plain, tiled_logs };
  });
  return JSON.stringify({ version: "60.1", log_list_timestamp: "2026-11-01T00:00:00Z", operators });
}

export function outsideLogOf(server: CtLogServer): OutsideLog {
  return readLogList(logListOf([server]))[0]!;
}

/** Why a log would not take a chain; undefined for one that is right. */
function chainProblem(chain: readonly Buffer[], roots: readonly Uint8Array[]): string | undefined {
  const certificates = chain.map((one) => new X509Certificate(one));
  const [precertificate, ...above] = certificates;
  if (!precertificate || above.length === 0) return "a chain of a precertificate and its issuers is needed";
  for (const [index, certificate] of certificates.slice(0, -1).entries()) {
    const issuer = certificates[index + 1]!;
    if (!certificate.verify(issuer.publicKey) || !issuer.ca) return "the chain is broken";
  }
  const top = certificates.at(-1)!;
  const accepted = roots.map((root) => new X509Certificate(root));
  const isKnown = accepted.some(
    (root) => root.raw.equals(top.raw) || (top.verify(root.publicKey) && root.subject === top.issuer),
  );
  if (!isKnown) return "unknown root";
  try {
    loggedTbs(readCertificate(chain[0]!).tbs);
    return undefined;
  } catch {
    return "it is no precertificate";
  }
}

function newKey(type: "ec" | "rsa"): { privateKey: KeyObject; publicKey: KeyObject } {
  return type === "ec"
    ? generateKeyPairSync("ec", { namedCurve: "prime256v1" })
    : generateKeyPairSync("rsa", { modulusLength: 2048 });
}

function vector(content: Uint8Array, lengthBytes: number): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(content.length, 0, lengthBytes);
  return Buffer.concat([length, content]);
}

function send(answer: LogAnswer, response: ServerResponse): void {
  if (answer === "hang") return;
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  response.end(answer.body);
}
