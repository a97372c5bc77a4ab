import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fleetAuthority } from "#ca/fleet/authority.ts";
import { EDGE_LIFETIME, signEdgeIdentity } from "#ca/fleet/identities.ts";
import { Signers } from "#ca/signers.ts";
import { keyFileRoot } from "#custody/root.ts";
import type { EdgeMessage } from "#domain/edge-messages.ts";
import { parsePem } from "#lib/pem.ts";
import { readCsr } from "#lib/x509-csr.ts";
import { openStore } from "#store/store.ts";
import { testClock } from "../../tests/support/test-clock.ts";
import { edgeFiles } from "./edge-files.ts";
import { identityIn } from "./edge-identity.ts";
import { writeIdentity } from "./edge-join.ts";
import { renewIdentity } from "./edge-renewal.ts";

test("an edge asks for its next identity when half of the present one is over, with another key, and takes only its own", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "sealkeeper-renewal-"));
  const store = await openStore("file::memory:");
  onTestFinished(async () => {
    await store.destroy();
    rmSync(dataDir, { recursive: true });
  });
  const clock = testClock("2026-11-22T12:00:00Z");
  const root = keyFileRoot(Buffer.alloc(32, 3));
  const authority = await fleetAuthority({ store, clock, signers: new Signers({ root, caUrl: "http://ca.test" }) });
  const sign = (subjectPublicKeyInfo: Uint8Array): string =>
    signEdgeIdentity({ edge: "one", subjectPublicKeyInfo }, authority, clock.now()).certificate;
  const spkiOf = (pair: { publicKey: { export(options: object): unknown } }): Buffer =>
    pair.publicKey.export({ type: "spki", format: "der" }) as Buffer;

  const files = edgeFiles(dataDir);
  const first = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  writeIdentity(files, sign(spkiOf(first)), first.privateKey);
  const identity = identityIn(files);
  const before = identity().certificate;
  const asked: string[] = [];
  const tell = (message: EdgeMessage): void => void (message.kind === "identity-wanted" && asked.push(message.request));
  const log = { info: () => {}, warn: () => {} } as never;
  const renewal = renewIdentity({ files, edge: "one", identity, tell, clock, timers: { after: () => () => {} }, log });
  clock.advance(EDGE_LIFETIME / 2 - 10 * 60_000);
  renewal.look();
  expect(asked).toEqual([]);
  clock.advance(10 * 60_000);
  renewal.look();
  expect(asked).toHaveLength(1);

  const stranger = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  renewal.take(sign(spkiOf(stranger)));
  expect(identity().certificate).toBe(before);
  renewal.look();
  const csr = readCsr(parsePem(asked.at(-1) ?? "", 1)[0]!.der);
  renewal.take(sign(csr.subjectPublicKeyInfo));
  const { certificate, privateKey } = identity();
  expect(certificate).not.toBe(before);
  expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
  renewal.look();
  expect(asked).toHaveLength(2);
});
