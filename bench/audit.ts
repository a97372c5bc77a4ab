import { hash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHeadSigner } from "#custody/head-signer.ts";
import { keyFileRoot } from "#custody/root.ts";
import { growTreeWhole } from "#journal/tree.ts";
import { verifyStore } from "#journal/verify-store.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { insertAuditRecords } from "#store/audit-records.ts";
import { openStore } from "#store/store.ts";
import type { Result } from "./result.ts";

/** How long it takes to verify a journal of a million records, beside two SHA-256 for each, and how fast the tree grows. */
export async function audit(): Promise<readonly Result[]> {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-bench-audit-"));
  const store = await openStore(`file:${join(directory, "bench.db")}`);
  try {
    const root = keyFileRoot(Buffer.alloc(32, 1));
    const headSigner = await openHeadSigner({ store, root, clock: systemClock, ids: randomIds });
    let growing = 0;
    for (let from = 0; from < RECORDS; from += PAGE) {
      await insertAuditRecords(
        store,
        Array.from({ length: PAGE }, (_, index) => record(from + index)),
      );
      const began = performance.now();
      await growTreeWhole({ store, clock: systemClock, headSigner });
      growing += performance.now() - began;
    }
    const raw = measure(() => {
      for (let i = 0; i < 2 * RECORDS; i++) hash("sha256", ENTRY, "buffer");
    });
    const began = performance.now();
    const { count } = await verifyStore(store, headSigner.verifier, [], () => {});
    const took = (performance.now() - began) / 1000;
    if (count > 0) throw new Error(`the journal is not intact: ${count} problems`);
    return [
      {
        what: "verify 1,000,000 records",
        ours: took,
        unit: "s",
        more: false,
        against: { name: "promised", value: 10 },
      },
      { what: "the same", ours: took, unit: "s", more: false, against: { name: "two SHA-256 each", value: raw } },
      { what: "records taken into the tree", ours: (RECORDS / growing) * 1000, unit: "/s", more: true },
    ];
  } finally {
    await store.destroy();
    rmSync(directory, { recursive: true, force: true });
  }
}

function record(number: number): Parameters<typeof insertAuditRecords>[1][number] {
  return {
    at: 1_790_000_000_000 + number,
    account: "123456789012",
    region: "eu-west-1",
    principal: "arn:aws:iam::123456789012:root",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    userName: "root",
    eventSource: "kms.amazonaws.com",
    eventName: "Decrypt",
    resource: `arn:aws:kms:eu-west-1:123456789012:key/6c9f1de6-0000-4000-8000-00000000000${number % 10}`,
    certificate: `arn:aws:acm:eu-west-1:123456789012:certificate/6c9f1de6-0000-4000-8000-0000000000${number % 100}`,
    requestId: randomIds.uuid(),
    grantId: null,
    sourceIp: null,
    userAgent: null,
    errorCode: null,
    errorMessage: null,
    detail: '{"encryptionContext":"{}"}',
  };
}

function measure(work: () => void): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

const RECORDS = 1_000_000;
const PAGE = 500;
/** About as long as a record's text. */
const ENTRY = "x".repeat(400);
