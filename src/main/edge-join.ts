import { createHash, generateKeyPairSync, type KeyObject, type X509Certificate } from "node:crypto";
import { mkdirSync } from "node:fs";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { type JoinToken, readFingerprint, readJoinToken } from "#domain/fleet/join-token.ts";
import { CONTROL_NAME, JOIN_PATH } from "#domain/fleet/names.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { privatePem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { object, optional, text } from "#lib/shape.ts";
import { writeCsr } from "#lib/x509-csr-writer.ts";
import { ConfigError } from "./config-error.ts";
import { writeSecretFile } from "./data-dir.ts";
import { type EdgeFiles, edgeFiles } from "./edge-files.ts";

export interface ToJoin {
  /** Absolute. */
  readonly dataDir: string;
  /** The fleet's port on the nodes of the control plane: the first that answers is asked. */
  readonly endpoints: readonly URL[];
  readonly token: string;
  /** `sha256:…`; the token has it, too. */
  readonly fingerprint: string | undefined;
  readonly name: string | undefined;
  readonly zone: string | undefined;
  readonly addresses: string | undefined;
}

/** What the control plane let this edge in as. */
export interface JoinedAs {
  readonly edge: string;
  readonly zone?: string;
  readonly addresses?: string;
}

/**
 * Joins the fleet of a control plane: makes a key, which never leaves this machine, and leaves in the data directory what
 * the edge proves itself with from now on. Throws JoinError with what the control plane, or the network, says against it.
 */
export async function joinAsEdge({ dataDir, endpoints, ...to }: ToJoin): Promise<JoinedAs> {
  const token = readJoinToken(to.token);
  if (!token)
    throw new ConfigError("this is no token: it looks like ske1.….….…, as `sealkeeper edge tokens create` prints it");
  if (to.fingerprint !== undefined && readFingerprint(to.fingerprint) !== token.fingerprint) {
    throw new ConfigError("the fingerprint is not the one in the token: one of them is for another control plane");
  }
  const { name, zone, addresses } = to;
  const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const asked = JSON.stringify({
    token: { id: token.id, secret: token.secret },
    request: writeCsr(name ?? "edge", pair),
    name,
    zone,
    addresses,
  });
  const joined = await askInTurn(endpoints, token, asked);
  const files = edgeFiles(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeIdentity(files, joined.certificate, pair.privateKey);
  writeSecretFile(files.ca, joined.authority);
  const { accessKeyId, secretAccessKey } = joined;
  writeSecretFile(
    files.credentials,
    `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  const { edge } = joined;
  return {
    edge,
    ...(joined.zone === undefined ? {} : { zone: joined.zone }),
    ...(joined.addresses === undefined ? {} : { addresses: joined.addresses }),
  };
}

/** The edge was not let in, or whoever answered is not the control plane. */
export class JoinError extends Error {
  override readonly name = "JoinError";
}

/** Writes the certificate with its key, both or neither. */
export function writeIdentity({ identity }: Pick<EdgeFiles, "identity">, certificate: string, key: KeyObject): void {
  using der = new PlaintextKey(key.export({ type: "pkcs8", format: "der" }) as Buffer);
  using pem = new PlaintextKey(privatePem("PRIVATE KEY", der.bytes));
  using file = new PlaintextKey(Buffer.concat([Buffer.from(certificate), pem.bytes]));
  writeSecretFile(identity, file.bytes);
}

interface Answer extends JoinedAs {
  readonly certificate: string;
  readonly authority: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a node that can be reached answers; a refusal is the answer of all of them. */
async function askInTurn(endpoints: readonly URL[], token: JoinToken, asked: string): Promise<Answer> {
  let reason: unknown = new JoinError("there is no endpoint to ask");
  for (const endpoint of endpoints) {
    try {
      return await ask(endpoint, token, asked);
    } catch (error) {
      reason = error;
      if (error instanceof JoinError) break;
    }
  }
  throw reason instanceof JoinError
    ? reason
    : new JoinError(`no node of the control plane can be reached: ${reason instanceof Error ? reason.message : ""}`);
}

async function ask(endpoint: URL, { fingerprint }: JoinToken, asked: string): Promise<Answer> {
  const socket = await connectTo(endpoint);
  try {
    checkPeer(socket.getPeerX509Certificate(), fingerprint, endpoint);
    const head = [
      `POST ${JOIN_PATH} HTTP/1.1`,
      `host: ${endpoint.host}`,
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(asked)}`,
      "connection: close",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n${asked}`);
    const { status, body } = await readAnswer(socket);
    if (status === 200 && ANSWER(body)) return body as Answer;
    const { message } = (body ?? {}) as { readonly message?: unknown };
    throw new JoinError(
      typeof message === "string" ? message : `${endpoint.host} answered ${status}: is that the fleet's port?`,
    );
  } finally {
    socket.destroy();
  }
}

function connectTo(endpoint: URL): Promise<TLSSocket> {
  const host = endpoint.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const socket = connect(
      {
        host,
        port: Number(endpoint.port || 443),
        servername: CONTROL_NAME,
        minVersion: "TLSv1.3",
        rejectUnauthorized: false, // it is judged by the fingerprint, before anything is said
      },
      () => resolve(socket),
    );
    socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`${endpoint.host} did not answer in time`)));
    socket.on("error", (error) =>
      reject(isIP(host) || "code" in error ? error : new Error(`${endpoint.host}: ${error.message}`)),
    );
  });
}

/** Throws JoinError unless the peer has a certificate, for the control plane, of the CA that the token pins. */
function checkPeer(leaf: X509Certificate | undefined, fingerprint: string, { host }: URL): void {
  const authority = leaf?.issuerCertificate;
  const shown = authority && createHash("sha256").update(authority.raw).digest("base64url");
  const now = Date.now();
  const holds =
    leaf !== undefined &&
    authority !== undefined &&
    shown === fingerprint &&
    leaf.checkIssued(authority) &&
    leaf.verify(authority.publicKey) &&
    leaf.checkHost(CONTROL_NAME) !== undefined &&
    leaf.validFromDate.getTime() <= now &&
    now <= leaf.validToDate.getTime();
  if (!holds) {
    throw new JoinError(
      `${host} is not the control plane that the token is for: its certificate is of another authority. Nothing was sent to it.`,
    );
  }
}

async function readAnswer(socket: TLSSocket): Promise<{ readonly status: number; readonly body: unknown }> {
  let said = "";
  for await (const chunk of socket.setEncoding("utf8")) {
    said += String(chunk);
    if (said.length > MOST_SAID) break;
  }
  const [head = "", body = ""] = said.split(/\r\n\r\n(.*)/s);
  try {
    return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), body: JSON.parse(body) as unknown };
  } catch {
    return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), body: undefined };
  }
}

const ANSWER = object({
  edge: text(63),
  zone: optional(text(64)),
  addresses: optional(text(18)),
  certificate: text(16_384),
  authority: text(16_384),
  accessKeyId: text(128),
  secretAccessKey: text(128),
});
const TIMEOUT: Millis = 20 * SECOND;
const MOST_SAID = 65_536;
