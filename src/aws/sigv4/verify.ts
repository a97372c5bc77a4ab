import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { Call } from "#aws/call.ts";
import { AwsError } from "#aws/service.ts";
import { later, MINUTE, SECOND } from "#lib/duration.ts";
import { stringToSign } from "./canonical.ts";
import type { Claim } from "./claim.ts";
import type { Credential } from "./credential.ts";
import { signingKey } from "./signing-key.ts";

/** Checks a signature against a credential. Throws InvalidSignature-, UnrecognizedClient- or ExpiredTokenException. */
export function verify(call: Call, claim: Claim, credential: Credential, now: Date): void {
  if (!isSame(claim.sessionToken ?? "", credential.sessionToken ?? "")) throw unrecognizedClient();
  checkAge(claim, now);
  if (!Object.keys(call.headers).every((name) => !isVital(name) || claim.signedHeaders.includes(name)))
    throw mismatch();
  if (!claim.signedHeaders.includes("host")) throw mismatch();
  // The header only repeats what is signed; the body that came is what counts.
  const bodyHash = hash("sha256", call.signedBody, "hex");
  if ((call.headers["x-amz-content-sha256"] ?? bodyHash) !== bodyHash) throw mismatch();
  const key = signingKey(credential.secret, claim);
  const expected = createHmac("sha256", key)
    .update(stringToSign(call, claim, bodyHash))
    .digest();
  const given = Buffer.from(claim.signature, "hex");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw mismatch();
  if (credential.expiresAt !== undefined && credential.expiresAt <= now) throw expired();
}

/** Takes as long for texts that differ early as for those that differ late. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}

function expired(): AwsError {
  return new AwsError("ExpiredTokenException", "The security token included in the request is expired");
}

export function unrecognizedClient(): AwsError {
  return new AwsError("UnrecognizedClientException", "The security token included in the request is invalid.");
}

/** What must be signed when it is there: it says whom and what the request is for, and how its body is read. */
const isVital = (name: string): boolean => VITAL.has(name) || name.startsWith("x-amz-");
// Not content-type, which AWS's SDK for PHP leaves out of its signatures: route.ts lets it decide as little as it can.
const VITAL: ReadonlySet<string> = new Set(["host", "content-encoding", "smithy-protocol"]);

function checkAge({ timestamp, date, expires }: Claim, now: Date): void {
  const [, year, month, day, hour, minute, second] = TIMESTAMP.exec(timestamp) ?? [];
  const signed = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(signed.getTime())) {
    throw new AwsError("IncompleteSignatureException", "Date must be in ISO-8601 'basic format': 20260102T030405Z.");
  }
  if (!timestamp.startsWith(date)) {
    const text = `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${timestamp}'.`;
    throw invalidSignature(text);
  }
  if (signed > later(now, SKEW)) {
    const limit = `${basic(later(now, SKEW))} (${basic(now)} + 15 min.)`;
    throw invalidSignature(`Signature not yet current: ${timestamp} is still later than ${limit}`);
  }
  const life = expires === undefined ? SKEW : expires * SECOND;
  if (later(signed, life) < now) {
    const limit = `${basic(later(now, -life))} (${basic(now)} - ${life / SECOND} s)`;
    throw invalidSignature(`Signature expired: ${timestamp} is now earlier than ${limit}`);
  }
}

const basic = (time: Date): string => time.toISOString().replace(/[-:]|\.\d+/g, "");
const invalidSignature = (text: string): AwsError => new AwsError("InvalidSignatureException", text);
const mismatch = (): AwsError =>
  invalidSignature(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  );

const TIMESTAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const SKEW = 15 * MINUTE;
