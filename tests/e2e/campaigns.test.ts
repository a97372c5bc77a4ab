import { execFile } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Place, Product } from "#cli/demo/product.ts";
import { startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { showHostPort } from "#main/addresses.ts";
import type { Campaign, CampaignCertificate } from "#services/sealkeeper/campaign-api.ts";
import { findCertificateStatus } from "#store/revocations.ts";
import { openStore, type Store } from "#store/store.ts";
import { handshakeLoad, openFleet } from "../support/campaign-fleet.ts";
import { DATABASES } from "../support/databases.ts";
import { killControl, testPlace } from "../support/product.ts";
import { clientsOf } from "../support/shop.ts";

const BIN = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
const CERTIFICATES = 120;
const SERVED = 12;

describe.for(DATABASES)("a campaign on $name", (database) => {
  test(`replaces and revokes ${CERTIFICATES} certificates under load, through kill -9 and a pause; no handshake is lost; another one is aborted`, {
    timeout: 600_000,
  }, async () => {
    const url = await database.url();
    const place = await testPlace();
    const settings = { database: url, "log-level": "warn", "quota-listener-certificates": "100" };
    let product = await startProduct(place, settings);
    onTestFinished(() => product.stop());
    const fleet = await openFleet(product, clientsOf(product), {
      certificates: CERTIFICATES,
      served: SERVED,
      domain: "fleet.example",
    });
    const store = await openStore(url);
    onTestFinished(() => store.destroy());
    const old = await serials(store);
    expect(old).toHaveLength(CERTIFICATES);

    const planned = await run<Campaign>(place, "plan", "--issuer", "ec1", "--reason", "superseded");
    expect(planned).toMatchObject({ State: "PLANNED", Plan: { Certificates: CERTIFICATES, Uses: SERVED } });
    expect(await serials(store)).toEqual(old);
    const refused = await sealkeeper("campaign", "start", planned.CampaignId, ...at(place));
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining("roll over") });

    const load = handshakeLoad(fleet, 4);
    const id = planned.CampaignId;
    await run(place, "start", id, "--same-issuer", "--rate", "40");
    await atLeast(place, id, 20);
    await killControl(product);
    product = await startProduct(place, settings);
    await atLeast(place, id, 40);
    const paused = await run<Campaign>(place, "pause", id);
    expect(paused.State).toBe("PAUSED");
    const settled = await until("nothing moves", async () => {
      const before = await run<Campaign>(place, "status", id);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const after = await run<Campaign>(place, "status", id);
      return after.Counts.Revoked === before.Counts.Revoked ? after : undefined;
    });
    expect(settled.Counts.Done).toBeLessThan(CERTIFICATES);
    await run(place, "resume", id, "--rate", "0");
    await killControl(product);
    product = await startProduct(place, settings);
    const finished = await until(
      "the campaign is finished",
      async () => {
        const now = await run<Campaign>(place, "status", id);
        return now.State === "FINISHED" ? now : undefined;
      },
      180,
    );
    const { handshakes, lost } = await load.stop();
    expect(lost).toEqual([]);
    expect(handshakes).toBeGreaterThan(CERTIFICATES);
    expect(finished.Counts).toMatchObject({ Done: CERTIFICATES, Replaced: CERTIFICATES, Revoked: CERTIFICATES });

    const report = await run<{ certificates: readonly CampaignCertificate[] }>(place, "report", id);
    expect(new Set(report.certificates.map(({ Serial }) => Serial))).toEqual(new Set(old));
    expect(report.certificates.slice(0, SERVED).every(({ InUseBy }) => InUseBy.length === 1)).toBe(true);
    const current = new Set(await serials(store));
    for (const { Serial = "", NewSerial = "" } of report.certificates) {
      expect(current.has(NewSerial)).toBe(true);
      expect((await findCertificateStatus(store, "ec1", Serial)).revocation).toBeDefined();
      expect((await findCertificateStatus(store, "ec1", NewSerial)).revocation).toBeUndefined();
    }
    const csv = await sealkeeper("campaign", "report", id, "--csv", ...at(place));
    expect(csv.out.trimEnd().split("\r\n")).toHaveLength(CERTIFICATES + 1);

    const second = await run<Campaign>(
      place,
      "start",
      "--key-algorithm",
      "EC_prime256v1",
      "--reason",
      "superseded",
      "--rate",
      "20",
    );
    await atLeast(place, second.CampaignId, 5);
    const aborted = await run<Campaign>(place, "abort", second.CampaignId);
    expect(aborted.State).toBe("ABORTED");
    const left = await until("all are left", async () => {
      const { Counts } = await run<Campaign>(place, "status", second.CampaignId);
      return Counts.Pending + Counts.Started + Counts.Replacing + Counts.Settling === 0 ? Counts : undefined;
    });
    expect(left.Done + left.Left).toBe(CERTIFICATES);
    expect(left.Left).toBeGreaterThan(0);
    const states = await store.selectFrom("certificates").select(["status", "orderedAt"]).limit(1_000).execute();
    expect(states.every(({ status, orderedAt }) => status === "ISSUED" && orderedAt === null)).toBe(true);
    expect((await run<readonly Campaign[]>(place, "list")).map(({ State }) => State)).toEqual(["ABORTED", "FINISHED"]);
  });
});

async function atLeast(place: Place, id: string, done: number): Promise<void> {
  await until(
    `${done} are done`,
    async () => ((await run<Campaign>(place, "status", id)).Counts.Done >= done ? true : undefined),
    120,
  );
}

/** The serial numbers in force, sorted by the certificates' names. */
async function serials(store: Store): Promise<readonly string[]> {
  const rows = await store
    .selectFrom("certificates")
    .innerJoin("certificateVersions", (join) =>
      join
        .onRef("certificateVersions.certificateArn", "=", "certificates.arn")
        .onRef("certificateVersions.generation", "=", "certificates.generation"),
    )
    .select("certificateVersions.serial")
    .orderBy("certificates.arn")
    .limit(1_000)
    .execute();
  return rows.map(({ serial }) => serial ?? "");
}

function at(place: Pick<Product, "dataDir" | "listen">): readonly string[] {
  return ["--data-dir", place.dataDir, "--listen", showHostPort(place.listen)];
}

async function run<Answer>(place: Place, ...words: string[]): Promise<Answer> {
  const { code, out, error } = await sealkeeper("campaign", ...words, "--json", ...at(place));
  expect(error).toBe("");
  expect(code).toBe(0);
  return JSON.parse(out) as Answer;
}

/** Runs `sealkeeper` as a person does. */
function sealkeeper(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...args], { maxBuffer: 64 * 1024 * 1024 }, (failure, out, error) => {
      resolve({ code: typeof failure?.code === "number" ? failure.code : 0, out, error });
    });
  });
}
