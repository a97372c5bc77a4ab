import type { KeyObject } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import type { SignedLeaf } from "#ca/issue.ts";
import { caPages } from "#ca/pages.ts";
import type { CaWorld } from "./ca-world.ts";
import { openssl } from "./openssl.ts";

/** What OpenSSL's client says of a served leaf's timestamps, when it knows logs of these names and keys (SPKI, base64). */
export async function timestampsSeen(
  world: CaWorld,
  leaf: SignedLeaf,
  privateKey: KeyObject,
  logs: readonly (readonly [description: string, key: string])[],
): Promise<string> {
  const server = createServer({
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: leaf.pem + leaf.chainPem,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await openssl(
      `s_client -connect 127.0.0.1:${port} -ct -ctlogfile logs.cnf -CAfile roots.pem -servername example.com`,
      {
        "logs.cnf": [
          `enabled_logs = ${logs.map((_, index) => `log${index}`).join(", ")}`,
          ...logs.map(([description, key], index) => `[log${index}]\ndescription = ${description}\nkey = ${key}`),
          "",
        ].join("\n"),
        "roots.pem": (await caPages(world)("GET", "/ca/roots.pem", Buffer.alloc(0)))!.body,
      },
    );
  } finally {
    server.close();
  }
}
