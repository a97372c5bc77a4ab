import { randomFillSync } from "node:crypto";
import { children, readElement } from "#lib/der-reader.ts";

/** A PKCS#8 key in which every secret of the given one is replaced by random bytes of the same length. */
export function decoyOf(pkcs8: Uint8Array): Buffer {
  const decoy = Buffer.from(pkcs8);
  const [, , key] = children(decoy, readElement(decoy));
  if (key) randomize(decoy, key.content, key.end);
  return decoy;
}

function randomize(der: Buffer, from: number, to: number): void {
  for (let at = from; at < to; ) {
    const element = readElement(der, at, to);
    const length = element.end - element.content;
    if ((element.tag & CONSTRUCTED) !== 0) randomize(der, element.content, element.end);
    // The first two bytes decide whether a number is in its shortest form and how large it is. A public key (a bit
    // string) is no secret, and would not be on the curve.
    else if (length > 2 && element.tag !== BIT_STRING) randomFillSync(der, element.content + 2, length - 2);
    at = element.end;
  }
}

const CONSTRUCTED = 0x20;
const BIT_STRING = 3;
