import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "./config-error.ts";

/** The files of an edge, and those by which it meets the control plane beside it. */
export interface EdgeFiles {
  /** The edge's access key, in the AWS credentials-file form. */
  readonly credentials: string;
  /** PEM: whom the edge trusts to be the control plane, for an HTTPS endpoint. */
  readonly ca: string;
  /** PEM: certificate and private key by which an edge on another machine proves itself. */
  readonly identity: string;
  /** A Unix socket on which the edge says who it is, and may be told to stop. */
  readonly socket: string;
  /** A Unix socket that the worker holds which starts a new supervisor. */
  readonly heir: string;
  /** What the control plane told, with keys sealed only. */
  readonly state: string;
  readonly log: string;
}

/** Throws ConfigError when the directory's path is too long for a Unix socket. */
export function edgeFiles(dataDir: string): EdgeFiles {
  const file = (name: string): string => join(dataDir, name);
  const files: EdgeFiles = {
    credentials: file("edge-credentials"),
    ca: file("edge-ca.pem"),
    identity: file("edge-identity.pem"),
    socket: file("edge.sock"),
    heir: file("edge-heir.sock"),
    state: file("edge-state"),
    log: file("edge.log"),
  };
  if (Buffer.byteLength(files.heir) > MOST_SOCKET_PATH) {
    throw new ConfigError(`the path of the data directory is too long for a socket in it: ${dataDir}`);
  }
  return files;
}

/** What an edge says of itself to whoever connects to its socket. */
export interface EdgeIdentity {
  readonly name: string;
  /** Where it reaches the control plane. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  /** What else it was started with: another one is another edge. */
  readonly settings: string;
  /** Digests of the code that its workers and its supervisor run. */
  readonly version: string;
  readonly supervisor: string;
}

/** What is to be done with an edge that is there, where `wanted` is to be. */
export function successionOf(there: EdgeIdentity, wanted: EdgeIdentity): "keep" | "reload" | "replace" | "stop" {
  if (SETTINGS.some((part) => there[part] !== wanted[part])) return "stop";
  if (there.version === wanted.version) return "keep";
  if (there.settings.startsWith("inline ")) return "stop";
  return there.supervisor === wanted.supervisor ? "reload" : "replace";
}

/** The digests of the code of an edge started now, which trusts `ca`. */
export function edgeVersions(ca: string | undefined): Pick<EdgeIdentity, "version" | "supervisor"> {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const all = createHash("sha256").update(`${process.version} ${ca ?? ""}`);
  const supervisor = all.copy();
  for (const folder of ["domain", "edge", "lib", "main"]) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name}`)
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !NOT_OF_THE_EDGE.test(name))
      .sort();
    for (const name of files) {
      const content = readFileSync(join(root, name));
      all.update(name).update(content);
      if (OF_THE_SUPERVISOR.test(name)) supervisor.update(name).update(content);
    }
  }
  return { version: all.digest("hex"), supervisor: supervisor.digest("hex") };
}

const SETTINGS = ["name", "endpoint", "accessKeyId", "settings"] as const;
const NOT_OF_THE_EDGE = /^main\/(?!edge)/;
/** What the process that keeps the link, the sockets and the workers runs. */
const OF_THE_SUPERVISOR = /^(domain\/edge-|edge\/(supervisor|control)\/|lib\/|main\/edge)/;
/** sun_path has 108 bytes on Linux, 104 elsewhere, one of them for its end. */
const MOST_SOCKET_PATH = 103;
