import type * as sdk from "@aws-sdk/client-kms";
import type { Access } from "#aws/access.ts";
import type { AccessRules } from "#aws/service.ts";
import { KEY_OPERATION_NAMES } from "#domain/keys/key-operations.ts";
import { type AliasName, aliasArn } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
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

function alias(name: string, caller: Caller): Access {
  return { resources: [aliasArn(caller, name as AliasName)] };
}
