import fc from "fast-check";
import { expect, test } from "vitest";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeBalancer } from "#domain/edge-config.ts";
import { frameReader } from "#domain/edge-frames.ts";
import { type ControlMessage, readControlMessage } from "#domain/edge-messages.ts";
import type { AccountId, Region } from "#domain/names.ts";
import { balancer } from "../../../tests/support/edge-config.ts";
import { type EdgeState, edgeState } from "./state.ts";

const lb = (n: number): LoadBalancerArn => `lb${n}` as LoadBalancerArn;
const put = (n: number, certificates: readonly string[]): ControlMessage => ({
  kind: "balancer-put",
  balancer: balancer(
    { arn: `listener${n}`, port: 443 + n, certificates: certificates as CertificateArn[] },
    { arn: lb(n) },
  ) as EdgeBalancer,
});
const certificate = (n: number, arn: string, serial = "1"): ControlMessage => ({
  kind: "certificate-put",
  certificate: {
    loadBalancerArn: lb(n),
    certificateArn: arn as CertificateArn,
    account: "123456789012" as AccountId,
    region: "eu-west-1" as Region,
    serial,
    chain: "chain",
    names: ["a.test"],
    wrappedDataKey: Buffer.from("wrapped"),
    sealedKey: Buffer.from(`sealed ${serial}`),
    encryptionContext: {},
    grantToken: "token",
  },
});
const gone = (n: number, arn: string): ControlMessage => ({
  kind: "certificate-gone",
  loadBalancerArn: lb(n),
  certificateArn: arn as CertificateArn,
});
const SYNCED: ControlMessage = { kind: "synced", revision: "1.1.1" };

/** What a worker knows that was told these frames: by the rules of the carrier, told by another state. */
function told(frames: readonly Buffer[]): EdgeState {
  const state = edgeState();
  for (const bytes of frames) {
    for (const frame of frameReader().push(bytes)) state.take(readControlMessage(frame)!);
  }
  return state;
}
const known = (state: EdgeState): unknown => [
  Object.fromEntries([...state.sealed].map(([key, frame]) => [key, frame.toString("latin1")])),
  Object.fromEntries(state.listeners()),
  state.revision,
];

const ARNS = ["x", "y", "z"] as const;
const arn = fc.constantFrom(...ARNS);
/** What is told together: certificates come before the load balancer that needs them. */
const telling: fc.Arbitrary<ControlMessage[]> = fc.oneof(
  fc
    .tuple(fc.nat(3), fc.subarray([...ARNS]), fc.constantFrom("1", "2"))
    .map(([n, arns, serial]) => [...arns.map((one) => certificate(n, one, serial)), put(n, arns)]),
  fc.nat(3).map((n): ControlMessage[] => [{ kind: "balancer-gone", loadBalancerArn: lb(n) }]),
  fc.tuple(fc.nat(3), arn).map(([n, one]) => [gone(n, one)]),
  fc.boolean().map((resync): ControlMessage[] => [{ kind: "welcome", resync }]),
  fc.constant<ControlMessage[]>([SYNCED]),
);

test("whoever is told a snapshot, and all that came behind it, knows what one knows who heard everything", () => {
  fc.assert(
    fc.property(fc.array(telling, { maxLength: 30 }), fc.nat(60), (tellings, at) => {
      const messages = tellings.flat();
      const all = edgeState();
      const begun = messages.slice(0, at);
      for (const one of begun) all.take(one);
      const late = all.snapshot().slice();
      for (const one of messages.slice(at)) {
        const frame = all.take(one);
        if (frame) late.push(frame);
      }
      const end = all.take(SYNCED);
      if (end) late.push(end);
      expect(known(told(late))).toEqual(known(all));
    }),
    { numRuns: 300 },
  );
});

test("a certificate that was told before its load balancer names it stays, when all is being told anew", () => {
  const state = edgeState();
  const begun = [{ kind: "welcome", resync: true } as const, certificate(1, "x"), put(1, ["x"]), certificate(1, "y")];
  for (const one of begun) state.take(one);
  const late = told(state.snapshot());
  for (const one of [put(1, ["x", "y"]), SYNCED]) late.take(one);
  expect([...late.sealed.keys()]).toEqual(["lb1 x", "lb1 y"]);
});

test("a load balancer takes its certificates with it, and keeps only those that its listeners name", () => {
  const state = edgeState();
  for (const one of [certificate(1, "x"), certificate(1, "y"), put(1, ["x", "y"]), SYNCED]) state.take(one);
  expect([...state.sealed.keys()]).toEqual(["lb1 x", "lb1 y"]);
  state.take(put(1, ["y"]));
  expect([...state.sealed.keys()]).toEqual(["lb1 y"]);
  expect(state.withdrawals()).toHaveLength(1);
  state.take({ kind: "balancer-gone", loadBalancerArn: lb(1) });
  expect([...state.sealed.keys()]).toEqual([]);
  expect(state.bytes).toBe(0);
});
