import fc from "fast-check";
import { expect, test } from "vitest";
import type { CertificateArn, LoadBalancerArn } from "./arn.ts";
import { encodeFrame, FrameError, frameReader } from "./edge-frames.ts";
import {
  type ControlMessage,
  encodeControlMessage,
  encodeEdgeMessage,
  readControlMessage,
  readEdgeMessage,
} from "./edge-messages.ts";
import type { AccountId, Region } from "./names.ts";

const CERTIFICATE: ControlMessage = {
  kind: "certificate-put",
  certificate: {
    loadBalancerArn: "arn:lb" as LoadBalancerArn,
    certificateArn: "arn:certificate" as CertificateArn,
    account: "123456789012" as AccountId,
    region: "eu-west-1" as Region,
    serial: "0a",
    chain: "-----BEGIN CERTIFICATE-----",
    names: ["a.test"],
    wrappedDataKey: Buffer.from([1, 2, 3]),
    sealedKey: Buffer.from([4, 5]),
    encryptionContext: { "aws:acm:arn": "arn:certificate" },
    grantToken: "token",
  },
};

test("frames arrive whole however the network cuts them", () => {
  const frame = fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    meta: fc.jsonValue(),
    payload: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), fc.infiniteStream(fc.integer({ min: 1, max: 64 })), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(({ type, meta, payload }) => encodeFrame(type, meta, payload)));
      const reader = frameReader();
      const got = [];
      for (let at = 0; at < bytes.length; ) {
        const end = at + (cuts.next().value ?? 1);
        got.push(...reader.push(bytes.subarray(at, end)));
        at = end;
      }
      expect(got.map(({ type, meta, payload }) => [type, JSON.stringify(meta), [...payload]])).toEqual(
        sent.map(({ type, meta, payload }) => [type, JSON.stringify(meta), [...payload]]),
      );
    }),
    { numRuns: 100 },
  );
});

test("any bytes are frames or a FrameError, and never more memory than one frame", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        for (const frame of frameReader(1000).push(Buffer.from(bytes))) {
          readControlMessage(frame);
          readEdgeMessage(frame);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    }),
  );
});

test("a certificate travels with its ciphertexts in the binary part only", () => {
  const bytes = encodeControlMessage(CERTIFICATE);
  expect(bytes.toString("latin1")).not.toContain("sealedKey");
  const [frame] = frameReader().push(bytes);
  expect(readControlMessage(frame!)).toEqual(CERTIFICATE);
});

test.for([
  [{ type: 65, meta: { edge: 7 }, payload: Buffer.alloc(0) }],
  [{ type: 65, meta: null, payload: Buffer.alloc(0) }],
  [{ type: 69, meta: { loadBalancerArn: "a", listeners: [{ listenerArn: "l", address: "x", port: 70_000 }] } }],
  [{ type: 70, meta: { loadBalancerArn: "a", targets: [{ targetGroupArn: "t", state: "splendid" }] } }],
])("an edge that says %j is not believed", ([frame]) => {
  expect(() => readEdgeMessage({ payload: Buffer.alloc(0), ...frame! })).toThrow(FrameError);
});

test("a certificate whose keys are cut short is refused", () => {
  const [frame] = frameReader().push(encodeControlMessage(CERTIFICATE));
  expect(() => readControlMessage({ ...frame!, payload: frame!.payload.subarray(0, 5) })).toThrow(FrameError);
});

test("a message of a newer version is passed over", () => {
  expect(readEdgeMessage({ type: 200, meta: {}, payload: Buffer.alloc(0) })).toBeUndefined();
  const [frame] = frameReader().push(encodeEdgeMessage({ kind: "heartbeat" }));
  expect(readEdgeMessage(frame!)).toEqual({ kind: "heartbeat" });
});
