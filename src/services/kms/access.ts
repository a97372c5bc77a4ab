import type * as sdk from "@aws-sdk/client-kms";
import { type Access, regionalArn } from "#aws/access.ts";
import type { AccessRules, InputOf, TaggingRules } from "#aws/service.ts";
import { newKeyFacts } from "#domain/keys/key-facts.ts";
import { KEY_OPERATION_NAMES } from "#domain/keys/key-operations.ts";
import { SYMMETRIC } from "#domain/keys/key-specs.ts";
import { type AliasName, aliasArn } from "#domain/keys/names.ts";
import type { Caller, Owner, Region } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import type { KmsDeps } from "./operation.ts";

/**
 * Who may use a key is decided where its policy and its grants are (custody/authorize.ts). A key that is to be made has
 * none yet, and an alias is asked for here too.
 */
export const access: AccessRules<typeof sdk, KmsDeps> = {
  ...Object.fromEntries(KEY_OPERATION_NAMES.map((name) => [name, "service"])),
  CreateKey: (input, caller) => ({ resources: ["*"], facts: newKeyFacts(readNew(input), caller) }),
  CreateAlias: ({ AliasName }, caller) => alias(AliasName, caller),
  ListAliases: ({ KeyId }) => (KeyId === undefined ? { resources: ["*"] } : "service"),
  DeleteAlias: ({ AliasName }, caller) => alias(AliasName, caller),
  ReEncrypt: "service",
  UpdateAlias: ({ AliasName }, caller) => alias(AliasName, caller),
};

/**
 * Asked of the caller's own policies: the key has none as yet. A replica has the id of its primary.
 * https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
 */
export const tagging: TaggingRules<typeof sdk> = {
  CreateKey: (_, caller) => ofKey(caller, "*"),
  ReplicateKey: ({ KeyId, ReplicaRegion }, { account }) =>
    ofKey({ account, region: ReplicaRegion as Region }, KeyId.slice(KeyId.lastIndexOf("/") + 1)),
};

function ofKey(owner: Owner, id: string): Access {
  return { action: "kms:TagResource", resources: [regionalArn("kms", owner, `key/${id}`)] };
}

function alias(name: string, caller: Caller): Access {
  const facts = factsOf({ "kms:CallerAccount": caller.account });
  return { resources: [aliasArn(caller, name as AliasName)], facts };
}

/** What is not said has its default, which policies are asked about as well. */
function readNew(input: InputOf<typeof sdk, "CreateKey">): Parameters<typeof newKeyFacts>[0] {
  return {
    spec: input.KeySpec ?? input.CustomerMasterKeySpec ?? SYMMETRIC.spec,
    usage: input.KeyUsage ?? SYMMETRIC.usage,
    origin: input.Origin ?? "AWS_KMS",
    multiRegion: input.MultiRegion ?? false,
    mayLockOut: input.BypassPolicyLockoutSafetyCheck ?? false,
  };
}
