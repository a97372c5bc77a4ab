import { createHash } from "node:crypto";

/** SHA-256 over bytes that come in pieces. */
export interface RunningDigest {
  add(bytes: Uint8Array): void;
  /** Of everything that was added, in lower-case hexadecimal. Nothing can be added afterwards. */
  end(): string;
}

export function runningDigest(): RunningDigest {
  const hash = createHash("sha256");
  return {
    add: (bytes) => void hash.update(bytes),
    end: () => hash.digest("hex"),
  };
}
