import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "./stage.ts";
import { handshake } from "./wire.ts";

/**
 * Nobody can show the key, so the proof is arithmetic: an RSA key that lay in a file would show its prime there, 128
 * bytes that divide the modulus in the certificate. Every place in every file is tried, in both byte orders.
 */
export async function findNoKey(stage: Stage): Promise<void> {
  const { tell, product, host, root } = stage;
  const { modulus } = await handshake({ ...(await stage.front()), host, root });
  const found = await tell.step(
    "No file holds the key: no 128 bytes anywhere divide the certificate's modulus",
    `grep -rla 'PRIVATE KEY' ${product.dataDir}`,
    () => Promise.resolve(search(product.dataDir, BigInt(`0x${modulus}`))),
  );
  tell.saw("searched", `${found.files} files, ${(found.bytes / 1e6).toFixed(1)} MB, ${found.candidates} candidates`);
  tell.check("no prime of the key in any file", found.primes === 0);
  tell.check("no PEM private key in any file", found.pem === 0);
}

function search(directory: string, modulus: bigint): Found {
  const found: Found = { files: 0, bytes: 0, candidates: 0, primes: 0, pem: 0 };
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = readFileSync(join(entry.parentPath, entry.name));
    found.files += 1;
    found.bytes += content.length;
    if (content.includes("PRIVATE KEY")) found.pem += 1;
    for (const bytes of [content, Buffer.from(content).reverse()]) searchPrimes(bytes, modulus, found);
  }
  return found;
}

/** A 1,024-bit prime of an RSA-2048 key has its two highest bits set and is odd: seven in eight places need no division. */
function searchPrimes(bytes: Buffer, modulus: bigint, found: Found): void {
  for (let at = 0; at + PRIME <= bytes.length; at++) {
    if ((bytes[at] ?? 0) < 0xc0 || ((bytes[at + PRIME - 1] ?? 0) & 1) === 0) continue;
    found.candidates += 1;
    if (modulus % BigInt(`0x${bytes.toString("hex", at, at + PRIME)}`) === 0n) found.primes += 1;
  }
}

interface Found {
  files: number;
  bytes: number;
  candidates: number;
  primes: number;
  pem: number;
}

const PRIME = 128;
