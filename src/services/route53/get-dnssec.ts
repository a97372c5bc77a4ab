import { hostedZone } from "#dns/hosted-zones.ts";
import type { Route53Operation } from "./operation.ts";
import { readZoneId } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetDNSSEC.html: no zone is signed here, and this says so. */
export const GetDNSSEC: Route53Operation<"GetDNSSEC"> = async ({ HostedZoneId }, { account }, deps) => {
  await hostedZone(account, readZoneId(HostedZoneId), deps);
  return { Status: { ServeSignature: "NOT_SIGNING" }, KeySigningKeys: [] };
};
