import { readFileSync } from "node:fs";
import { makeTokenKey } from "#custody/pkcs11-root.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { RootSetting } from "#main/root-setting.ts";

/** Makes the key of a root in its token, and answers its fingerprint. */
export async function makeTokenKeyOf({ place, pin }: Extract<RootSetting, { kind: "pkcs11" }>): Promise<string> {
  return await makeTokenKey(place, () => {
    const content = readFileSync("fd" in pin ? pin.fd : pin.path);
    let length = content.length;
    while (length > 0 && [0x0a, 0x0d].includes(content[length - 1] ?? 0)) length -= 1;
    const secret = new PlaintextKey(Buffer.from(content.subarray(0, length)));
    content.fill(0);
    return secret;
  });
}
