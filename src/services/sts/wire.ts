import type * as sdk from "@aws-sdk/client-sts";
import type { IamTag } from "#identity/iam/tags.ts";
import type { SessionPolicies } from "#identity/sessions/session-policies.ts";
import type { TemporaryCredentials } from "#identity/sessions/token.ts";

interface GivenPolicies {
  readonly Policy?: string;
  readonly PolicyArns?: readonly { readonly arn?: string }[];
}

export function readPolicies({ Policy, PolicyArns = [] }: GivenPolicies): SessionPolicies {
  return { policy: Policy, policyArns: PolicyArns.flatMap(({ arn }) => arn ?? []) };
}

export function readTags(tags: readonly { readonly Key: string; readonly Value: string }[] = []): readonly IamTag[] {
  return tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

export function showCredentials(session: TemporaryCredentials): sdk.Credentials {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: session.sessionToken,
    Expiration: session.expiresAt,
  };
}

export function showPacked({ packedPolicySize }: TemporaryCredentials): { PackedPolicySize?: number } {
  return packedPolicySize === undefined ? {} : { PackedPolicySize: packedPolicySize };
}
