import { afterEach, beforeEach, expect, test } from "vitest";
import { gateway } from "#aws/gateway.ts";
import { mount } from "#aws/service.ts";
import type { Caller, Region } from "#domain/names.ts";
import { DAY } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { type RoundDeps, rehearseSome } from "#rehearsal/round.ts";
import { openStore, type Store } from "#store/store.ts";
import {
  ACCOUNT,
  type Answered,
  type CertificateWorld,
  certificateWorld,
  prove,
  REGION,
} from "../../../tests/support/certificate-world.ts";
import { sealkeeper } from "./index.ts";

let store: Store;
let world: CertificateWorld;
let deps: RoundDeps & { fleetUrls: readonly string[]; signers: CertificateWorld["deps"]["signers"] };
beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
  deps = { ...world.deps, ownerTag: "owner", rehearseEvery: DAY, fleetUrls: ["https://control.test:4567"] };
});
afterEach(() => store.destroy());

/** Calls an operation as a client does, through the gateway. */
async function call(operation: string, input: object, owner?: Partial<Pick<Caller, "region">>): Promise<Answered> {
  const answer = gateway([mount(sealkeeper, deps)], {
    authenticate: () => Promise.resolve(world.caller(owner)),
    ids: randomIds,
    audit: { record: () => Promise.resolve(), note: () => {} },
    log: ({ bug }) => {
      if (bug !== undefined) throw bug;
    },
  });
  const body = Buffer.from(JSON.stringify(input));
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `Sealkeeper.${operation}`,
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIATEST/20261122/eu-west-1/sealkeeper/aws4_request, SignedHeaders=host, Signature=00",
  };
  const query = new URLSearchParams();
  const reply = await answer({
    method: "POST",
    path: "/",
    query,
    headers,
    body,
    signedBody: body,
    remoteAddress: "127.0.0.1",
  });
  const parsed = JSON.parse(String(reply.body ?? "") || "{}");
  return { status: reply.status, error: parsed.__type, body: parsed };
}

async function used(domain: string): Promise<string> {
  const arn = await world.request(domain, { KeyAlgorithm: "EC_prime256v1" });
  await prove(world, arn);
  await world.work();
  await world.attach(arn);
  return arn;
}

test("RehearseCertificate tells what was found and keeps it: DescribeRehearsal and ListRehearsals tell the same", async () => {
  const arn = await used("www.shop.test");
  const before = await call("DescribeRehearsal", { CertificateArn: arn });
  expect(before).toMatchObject({
    error: "ResourceNotFoundException",
    body: { message: expect.stringContaining("not rehearsed") },
  });
  const now = await call("RehearseCertificate", { CertificateArn: arn });
  expect(now.body.Rehearsal).toMatchObject({
    CertificateArn: arn,
    DomainName: "www.shop.test",
    Verdict: "WOULD_RENEW",
    RehearsedAt: world.clock.now().getTime() / 1000,
    Findings: expect.arrayContaining([{ Check: "GRANTS", Outcome: "PASSED", Message: expect.any(String) }]),
  });
  const kept = await call("DescribeRehearsal", { CertificateArn: arn });
  expect(kept.body.Rehearsal).toMatchObject(now.body.Rehearsal);
  const { Findings: _, ...summary } = kept.body.Rehearsal;
  expect((await call("ListRehearsals", {})).body).toEqual({ Rehearsals: [summary] });
  expect((await call("ListRehearsals", { Verdict: "WOULD_NOT_RENEW" })).body.Rehearsals).toEqual([]);
});

test("the daily rehearsal is summed up; before the first there is nothing to tell", async () => {
  await used("www.shop.test");
  expect((await call("GetRehearsalSummary", {})).body).toEqual({});
  await rehearseSome(`${ACCOUNT}/${REGION}`, deps);
  expect((await call("GetRehearsalSummary", {})).body).toEqual({
    FinishedAt: world.clock.now().getTime() / 1000,
    WouldRenew: 1,
    WouldNotRenew: 0,
    NotRenewedByUs: 0,
  });
  expect((await call("ListCertificateRegions", {}, { region: "us-east-1" as Region })).body).toEqual({
    Regions: [REGION],
  });
});

test("ExplainCertificate tells what was looked up for a certificate that waits", async () => {
  const arn = await world.request("www.shop.test", { KeyAlgorithm: "EC_prime256v1" });
  await world.zone("shop.test");
  await world.work();
  expect((await call("ExplainCertificate", { CertificateArn: arn })).body).toMatchObject({
    Status: "PENDING_VALIDATION",
    Domains: [
      {
        DomainName: "www.shop.test",
        Purpose: "ISSUE",
        Problem: expect.stringContaining("There is no CNAME record"),
        Lookups: expect.arrayContaining([expect.objectContaining({ Type: "CNAME", Server: "own zones" })]),
        CheckAt: expect.any(Number),
      },
    ],
    Orders: [],
  });
});

test.for<[operation: string, input: object, error: string, said: RegExp]>([
  ["RehearseCertificate", {}, "ValidationException", /certificateArn.*must not be null/],
  ["RehearseCertificate", { CertificateArn: "short" }, "ValidationException", /greater than or equal to 20/],
  [
    "RehearseCertificate",
    { CertificateArn: "arn:aws:acm:eu-west-1:123456789012:listener/1" },
    "InvalidArnException",
    /Invalid arn/,
  ],
  ["RehearseCertificates", { MaxResults: 26 }, "ValidationException", /less than or equal to 25/],
  ["RehearseCertificates", { NextToken: "nonsense" }, "InvalidNextTokenException", /not one that was answered/],
  ["ListRehearsals", { Verdict: "MAYBE" }, "ValidationException", /enum value set/],
  ["ListRehearsals", { MaxResults: "many" }, "SerializationException", /number/],
  [
    "ListRehearsals",
    { NextToken: Buffer.from("[1,2,3,4]").toString("base64url") },
    "InvalidNextTokenException",
    /NextToken/,
  ],
])("%s with %j is refused with %s", async ([operation, input, error, said]) => {
  const answered = await call(operation, input);
  expect(answered).toMatchObject({ status: 400, error });
  expect(answered.body.message).toMatch(said);
});

test("a campaign is planned, shown, listed and aborted; what has no place in it is refused", async () => {
  await used("www.shop.test");
  const planned = await call("PlanCampaign", {
    Selection: { Issuer: "ec1", IssuedFrom: 1 },
    Reason: "superseded",
    Rate: 0.5,
  });
  const { CampaignId } = planned.body.Campaign;
  await world.work();
  const { body } = await call("DescribeCampaign", { CampaignId });
  expect(body.Campaign).toMatchObject({
    State: "PLANNED",
    Selection: { Issuer: "ec1", IssuedFrom: 1 },
    Reason: "superseded",
    DeadlineSeconds: 432_000,
    Rate: 0.5,
    Plan: { Certificates: 1, Uses: 1 },
    Counts: { Pending: 1, Done: 0 },
    OrderedBy: world.caller().arn,
  });
  expect((await call("ListCampaigns", { MaxResults: 1 })).body).toMatchObject({ Campaigns: [{ CampaignId }] });
  expect((await call("ListCampaignCertificates", { CampaignId, State: "PENDING" })).body.Certificates).toMatchObject([
    { DomainName: "www.shop.test", Fate: "REPLACE_THEN_SEE", InUseBy: [expect.stringContaining("loadbalancer")] },
  ]);
  expect(await call("StartCampaign", { CampaignId })).toMatchObject({ error: "ConflictException" });
  expect(await call("PauseCampaign", { CampaignId })).toMatchObject({ error: "InvalidStateException" });
  expect((await call("AbortCampaign", { CampaignId })).body.Campaign.State).toBe("ABORTED");
  expect(await call("StartCampaign", { CampaignId })).toMatchObject({ error: "InvalidStateException" });
});

test.for<[operation: string, input: object, error: string]>([
  ["PlanCampaign", { Selection: {}, Reason: "superseded" }, "InvalidParameterException"],
  ["PlanCampaign", { Selection: { Issuer: "ec1" }, Reason: "certificateHold" }, "ValidationException"],
  ["PlanCampaign", { Selection: { Issuer: "ec1" } }, "ValidationException"],
  ["PlanCampaign", { Selection: { Statuses: ["GONE"] }, Reason: "superseded" }, "InvalidParameterException"],
  ["PlanCampaign", { Selection: { Regions: ["eu-west-1"] }, Reason: "superseded", Rate: -1 }, "ValidationException"],
  [
    "PlanCampaign",
    { Selection: { Regions: ["eu-west-1"] }, Reason: "superseded", Concurrency: 65 },
    "ValidationException",
  ],
  ["DescribeCampaign", { CampaignId: "0123456789abcdef" }, "ResourceNotFoundException"],
  ["DescribeCampaign", { CampaignId: "nonsense" }, "ValidationException"],
  ["ListCampaigns", { NextToken: "nonsense" }, "InvalidNextTokenException"],
])("%s with %j is refused with %s", async ([operation, input, error]) => {
  expect(await call(operation, input)).toMatchObject({ status: 400, error });
});

test("a certificate of another region or account is not found, and the message says where it is", async () => {
  const arn = await used("www.shop.test");
  for (const operation of ["RehearseCertificate", "DescribeRehearsal", "ExplainCertificate"]) {
    const there = await call(operation, { CertificateArn: arn }, { region: "us-east-1" as Region });
    expect(there).toMatchObject({
      error: "ResourceNotFoundException",
      body: { message: expect.stringContaining("region eu-west-1") },
    });
    const foreign = await call(operation, { CertificateArn: arn.replace(ACCOUNT, "210987654321") });
    expect(foreign.error).toBe("ResourceNotFoundException");
  }
});
