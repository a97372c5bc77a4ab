import type * as sdk from "@aws-sdk/client-kms";
import { type Access, regionalArn } from "#aws/access.ts";
import type { AccessRules, TaggingRules } from "#aws/service.ts";
import { KEY_OPERATION_NAMES } from "#domain/keys/key-operations.ts";
import { type AliasName, aliasArn } from "#domain/keys/names.ts";
import type { Caller, Owner, Region } from "#domain/names.ts";
import type { KmsDeps } from "./operation.ts";

/** Who may use a key is decided where its policy and its grants are (custody/authorize.ts). An alias is asked for here too. */
export const access: AccessRules<typeof sdk, KmsDeps> = {
  ...Object.fromEntries(KEY_OPERATION_NAMES.map((name) => [name, "service"])),
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
  return { resources: [aliasArn(caller, name as AliasName)] };
}
