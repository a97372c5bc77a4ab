import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "./config-error.ts";

/** The files by which a control plane and the edge beside it meet. */
export interface EdgeFiles {
  /** The edge's access key, in the AWS credentials-file form. */
  readonly credentials: string;
  /** PEM: whom the edge trusts to be the control plane, for an HTTPS endpoint. */
  readonly ca: string;
  /** A Unix socket on which the edge says who it is, and may be told to stop. */
  readonly socket: string;
  readonly log: string;
}

/** Throws ConfigError when the directory's path is too long for a Unix socket. */
export function edgeFiles(dataDir: string): EdgeFiles {
  const file = (name: string): string => join(dataDir, name);
  const files = { credentials: "edge-credentials", ca: "edge-ca.pem", socket: "edge.sock", log: "edge.log" } as const;
  if (Buffer.byteLength(file(files.socket)) > MOST_SOCKET_PATH) {
    throw new ConfigError(`the path of the data directory is too long for a socket in it: ${dataDir}`);
  }
  return {
    credentials: file(files.credentials),
    ca: file(files.ca),
    socket: file(files.socket),
    log: file(files.log),
  };
}

/** What an edge says of itself to whoever connects to its socket. */
export interface EdgeIdentity {
  readonly name: string;
  readonly endpoint: string;
  readonly accessKeyId: string;
  /** A digest of the code and the trust it runs with: another one is another edge. */
  readonly version: string;
}

/** The version of an edge started now. */
export function edgeVersion(ca: string | undefined): string {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const digest = createHash("sha256").update(`${process.version} ${ca ?? ""}`);
  for (const folder of ["domain", "edge", "lib"]) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .sort();
    for (const name of files) digest.update(name).update(readFileSync(join(root, folder, name)));
  }
  return digest.digest("hex");
}

/** sun_path has 108 bytes on Linux, 104 elsewhere, one of them for its end. */
const MOST_SOCKET_PATH = 103;
