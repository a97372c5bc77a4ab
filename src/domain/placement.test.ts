import { expect, it } from "vitest";
import { parseRegion } from "./names.ts";
import { certificateRegion, PLACEMENTS } from "./placement.ts";

const HERE = parseRegion("eu-west-1")!;

it("wants a certificate of us-east-1 at CloudFront and one of its own region at a load balancer", () => {
  expect(certificateRegion(PLACEMENTS.cloudfront, HERE)).toBe("us-east-1");
  expect(certificateRegion(PLACEMENTS["apigateway-edge"], HERE)).toBe("us-east-1");
  expect(certificateRegion(PLACEMENTS["elbv2-application"], HERE)).toBe(HERE);
});

it("knows which keys a place cannot use", () => {
  expect(PLACEMENTS.cloudfront.keyAlgorithms).not.toContain("EC_secp384r1");
  expect(PLACEMENTS["elbv2-network"].keyAlgorithms).not.toContain("RSA_1024");
});
