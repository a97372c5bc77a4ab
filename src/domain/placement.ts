import type { KeyAlgorithm } from "./certificate/key-algorithms.ts";
import type { Region } from "./names.ts";

/** Where an ACM certificate may be put: which region it must be of, and where that is limited, of which key algorithm. */
export interface Placement {
  /** `own`: the region of the resource. */
  readonly certificateRegion: "us-east-1" | "own";
  readonly keyAlgorithms?: readonly KeyAlgorithm[];
}

const RSA = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096"] as const;
const EC = ["EC_prime256v1", "EC_secp384r1", "EC_secp521r1"] as const;

/**
 * Every place that takes ACM certificates. What is not in it (instances, pods, databases) cannot: its certificate comes
 * from an ACME endpoint, an import or an export.
 * https://docs.aws.amazon.com/acm/latest/userguide/acm-services.html and …/acm-regions.html; keys by the
 * guides of CloudFront and of the two load balancers.
 */
export const PLACEMENTS: Readonly<
  Record<"apigateway-edge" | "apigateway-regional" | "cloudfront" | "elbv2-application" | "elbv2-network", Placement>
> = {
  "apigateway-edge": { certificateRegion: "us-east-1" },
  "apigateway-regional": { certificateRegion: "own" },
  cloudfront: { certificateRegion: "us-east-1", keyAlgorithms: [...RSA, "EC_prime256v1"] },
  "elbv2-application": { certificateRegion: "own", keyAlgorithms: [...RSA, ...EC] },
  "elbv2-network": { certificateRegion: "own", keyAlgorithms: [...RSA.slice(1), ...EC] },
};

/** The region that a certificate must be of to be put there, for a resource of `resourceRegion`. */
export function certificateRegion({ certificateRegion: region }: Placement, resourceRegion: Region): Region {
  return region === "own" ? resourceRegion : (region as Region);
}
