import { generateKeyPairSync } from "node:crypto";
import { LEAF_VALIDITY } from "#domain/certificate/validity.ts";
import type { Millis } from "#lib/duration.ts";
import { parseIpAddress } from "#lib/ip-address.ts";
import { privatePem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { CaDeps } from "./deps.ts";
import { internalName } from "./internal-name.ts";
import { prepareInternalLeaf, signLeaf } from "./issue.ts";

/** A certificate with its key, for one of Sealkeeper's own HTTPS servers. Take it with `using`: the key is wiped with it. */
export interface ServerCertificate extends Disposable {
  /** PEM, as node:tls takes it. */
  readonly privateKey: PlaintextKey;
  /** PEM: the leaf and everything up to the older root. */
  readonly chain: string;
  readonly notAfter: Date;
}

/**
 * Issues a certificate for the front door. `names` are host names and IP addresses, local ones too: `localhost`,
 * `127.0.0.1`. Every call makes a new key; it is stored nowhere.
 */
export async function issueServerCertificate(
  { names, validity = LEAF_VALIDITY }: { readonly names: readonly string[]; readonly validity?: Millis },
  deps: CaDeps,
): Promise<ServerCertificate> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const request = {
    certificateArn: internalName(deps.ids.uuid()),
    generation: 1,
    subjectPublicKeyInfo: publicKey.export({ type: "spki", format: "der" }),
    names: names.filter((name) => !parseIpAddress(name)),
    addresses: names.map(parseIpAddress).filter((address) => address !== undefined),
    validity,
  };
  const prepared = await deps.store.transaction().execute((tx) => prepareInternalLeaf(tx, request, deps));
  const leaf = await signLeaf(prepared, deps);
  using pkcs8 = new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" }));
  const key = new PlaintextKey(privatePem("PRIVATE KEY", pkcs8.bytes));
  return {
    privateKey: key,
    chain: leaf.pem + leaf.chainPem,
    notAfter: leaf.notAfter,
    [Symbol.dispose]: () => key[Symbol.dispose](),
  };
}
