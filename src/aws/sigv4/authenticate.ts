import type { IncomingMessage } from "node:http";
import type { Call } from "#aws/call.ts";
import { callOf } from "#aws/http-call.ts";
import { AwsError } from "#aws/service.ts";
import { type Caller, parseRegion } from "#domain/names.ts";
import { type Facts, factsOf } from "#domain/policies/facts.ts";
import type { Clock } from "#lib/clock.ts";
import { type Claim, readClaim } from "./claim.ts";
import type { Credentials } from "./credential.ts";
import { unrecognizedClient, verify } from "./verify.ts";

/** Who a caller is, once the signature is proved. */
export type Principal = Omit<Caller, "requestId">;

/** Proves who signed a call for the service of that scope. Throws AWS's error of every way in which it can be wrong. */
export type Authenticate = (call: Call, claim: Claim | AwsError, scope: string) => Promise<Principal>;

/** Signature Version 4. A signature for one service is no good for another. */
export function sigv4({
  credentials,
  clock,
}: {
  readonly credentials: Credentials;
  readonly clock: Clock;
}): Authenticate {
  return async (call, claim, scope) => {
    if (claim instanceof AwsError) throw claim;
    const credential = await credentials(claim.accessKeyId, call, claim.sessionToken);
    if (!credential) throw unrecognizedClient();
    const region = parseRegion(claim.region);
    if (region === undefined) {
      throw new AwsError("InvalidSignatureException", "Credential should be scoped to a valid region.");
    }
    if (claim.service !== scope) {
      throw new AwsError("InvalidSignatureException", `Credential should be scoped to correct service: '${scope}'.`);
    }
    const now = clock.now();
    verify(call, claim, credential, now);
    const { account, kind, arn, accessKeyId, authority } = credential;
    return { account, kind, arn, accessKeyId, region, authority, facts: factsOfCall(call, region, now) };
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function factsOfCall(call: Call, region: string, now: Date): Facts {
  return factsOf({
    "aws:SourceIp": call.remoteAddress.replace(/^::ffff:/, ""),
    "aws:SecureTransport": String(call.secure ?? false),
    "aws:UserAgent": call.headers["user-agent"],
    "aws:CurrentTime": now.toISOString(),
    "aws:EpochTime": String(Math.floor(now.getTime() / 1000)),
    "aws:RequestedRegion": region,
    "aws:PrincipalIsAWSService": "false",
    "aws:ViaAWSService": "false",
  });
}

/** Proves who asks for an upgrade (a GET without a body), signed for the service `scope`. Throws AwsError. */
export function authenticateUpgrade(
  request: IncomingMessage,
  scope: string,
  { authenticate }: { readonly authenticate: Authenticate },
): Promise<Principal> {
  const call = callOf(request, Buffer.alloc(0));
  return authenticate(call, readClaim(call), scope);
}
