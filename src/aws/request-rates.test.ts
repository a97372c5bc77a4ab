import { expect, test } from "vitest";
import type { Caller } from "#domain/names.ts";
import { requestRates } from "./request-rates.ts";
import type { MountedService } from "./service.ts";

const service = { name: "acm", rates: { ImportCertificate: 1, DescribeCertificate: 10 } } as unknown as MountedService;
const caller = (account: string, region = "eu-west-1") => ({ account, region }) as unknown as Caller;

test("each account has its rate in each region, for each operation; beyond it is ThrottlingException", () => {
  let now = 0;
  const throttle = requestRates({ now: () => new Date(now) });
  const one = caller("111111111111");
  throttle(service, "ImportCertificate", one);
  expect(() => throttle(service, "ImportCertificate", one)).toThrow(
    expect.objectContaining({ code: "ThrottlingException", message: "Rate exceeded" }),
  );
  throttle(service, "ImportCertificate", caller("222222222222"));
  throttle(service, "ImportCertificate", caller("111111111111", "us-east-1"));
  throttle(service, "DescribeCertificate", one);
  now += 999;
  expect(() => throttle(service, "ImportCertificate", one)).toThrow("Rate exceeded");
  now += 1;
  throttle(service, "ImportCertificate", one);
});

test("what has no rate may be called as often as one likes", () => {
  const throttle = requestRates({ now: () => new Date(0) });
  for (let calls = 0; calls < 1000; calls += 1) throttle(service, "ExportCertificate", caller("111111111111"));
});
