import { afterEach, beforeEach, expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import { DAY, later } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld, prove } from "../../tests/support/certificate-world.ts";
import { runTimeMachine } from "./run.ts";
import { CALM } from "./scenario.ts";
import type { Event } from "./trace.ts";

let store: Store;
let world: CertificateWorld;
beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterEach(() => store.destroy());

/** A certificate in use, made by the real engines. */
async function used(): Promise<CertificateArn> {
  const more = { KeyAlgorithm: "EC_prime256v1", Options: { Export: "ENABLED" } };
  const arn = await world.request("www.example.test", more);
  await prove(world, arn);
  await world.work();
  await world.attach(arn);
  await world.work();
  return arn;
}

test("a whole life, from the request over ten renewals to the revocation, runs in seconds at most", async () => {
  const began = process.cpuUsage();
  const arn = await used();
  const serials = new Set<string>();
  for (let renewals = 0; renewals <= 10; renewals += 1) {
    const { Serial, Status, NotAfter } = await world.describe(arn);
    expect(Status).toBe("ISSUED");
    serials.add(Serial);
    if (renewals < 10) await world.liveUntil(later(new Date(NotAfter * 1000), -12 * DAY));
  }
  expect(serials.size).toBe(11);
  await world.detach(arn);
  const passphrase = Buffer.from("correct horse").toString("base64");
  await world.call("ExportCertificate", { CertificateArn: arn, Passphrase: passphrase }); // ACM revokes no other
  const revoked = await world.call("RevokeCertificate", { CertificateArn: arn, RevocationReason: "SUPERSEDED" });
  expect(revoked).toMatchObject({ status: 200 });
  expect(await world.describe(arn)).toMatchObject({ Status: "REVOKED", RevocationReason: "SUPERSEDED" });
  expect((await world.call("DeleteCertificate", { CertificateArn: arn })).status).toBe(200);
  await world.work();
  expect(world.failures).toEqual([]);
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1e6).toBeLessThan(5);
});

test("the time machine's certificates are renewed at the very moments at which the real engines renew theirs", async () => {
  const begin = world.clock.now();
  const arn = await used();
  const real: number[] = [];
  for (;;) {
    const { IssuedAt, NotAfter } = await world.describe(arn);
    if (IssuedAt * 1000 >= later(begin, 4 * 365 * DAY).getTime()) break;
    real.push(IssuedAt * 1000);
    await world.liveUntil(later(new Date(NotAfter * 1000), -12 * DAY));
  }

  const simulated: number[] = [];
  const keep = ({ at, what }: Event) => void (["issued", "renewed"].includes(what) && simulated.push(at));
  const scenario = { ...CALM, begin, arnOf: () => arn };
  const { violations } = runTimeMachine({ certificates: 1, years: 4, seed: 1, scenario, onEvent: keep });
  expect(simulated.length).toBeGreaterThan(15);
  expect(simulated.map((at) => at - begin.getTime())).toEqual(real.map((at) => at - begin.getTime()));
  expect(violations).toEqual([]);
});
