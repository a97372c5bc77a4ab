import { readFileSync, statSync } from "node:fs";
import type { TlsIdentity } from "#edge/control/control-point.ts";
import type { EdgeFiles } from "./edge-files.ts";

/** The identity in an edge's files, read again when the file was replaced. */
export function identityIn({ identity: path }: Pick<EdgeFiles, "identity">): () => TlsIdentity {
  let known: { readonly stamp: string; readonly identity: TlsIdentity } | undefined;
  return () => {
    const { mtimeMs, ino } = statSync(path);
    const stamp = `${ino} ${mtimeMs}`;
    if (known?.stamp !== stamp) {
      known?.identity.privateKey.fill(0);
      known = { stamp, identity: parseIdentity(readFileSync(path)) };
    }
    return known.identity;
  };
}

/** A PEM file with the certificate first and the private key behind it. Throws when it is none. */
export function parseIdentity(file: Buffer): TlsIdentity {
  const begin = file.indexOf("-----BEGIN PRIVATE KEY-----");
  if (begin < 0) throw new Error("there is no private key in the identity file");
  const privateKey = Buffer.from(file.subarray(begin));
  const certificate = file.toString("latin1", 0, begin);
  file.fill(0);
  return { certificate, privateKey };
}
