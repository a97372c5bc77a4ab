import * as sdk from "@aws-sdk/client-kms";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { KeyRefusal } from "#domain/keys/refusals.ts";
import { CancelKeyDeletion } from "./cancel-key-deletion.ts";
import { CreateAlias } from "./create-alias.ts";
import { CreateGrant } from "./create-grant.ts";
import { CreateKey } from "./create-key.ts";
import { Decrypt } from "./decrypt.ts";
import { DeleteAlias } from "./delete-alias.ts";
import { DescribeKey } from "./describe-key.ts";
import { DisableKey } from "./disable-key.ts";
import { EnableKey } from "./enable-key.ts";
import { Encrypt } from "./encrypt.ts";
import { refusals } from "./errors.ts";
import { GenerateDataKey } from "./generate-data-key.ts";
import { GenerateDataKeyWithoutPlaintext } from "./generate-data-key-without-plaintext.ts";
import { GenerateRandom } from "./generate-random.ts";
import { GetKeyPolicy } from "./get-key-policy.ts";
import { GetKeyRotationStatus } from "./get-key-rotation-status.ts";
import { ListAliases } from "./list-aliases.ts";
import { ListGrants } from "./list-grants.ts";
import { ListKeyPolicies } from "./list-key-policies.ts";
import { ListKeys } from "./list-keys.ts";
import { ListResourceTags } from "./list-resource-tags.ts";
import { ListRetirableGrants } from "./list-retirable-grants.ts";
import type { KmsDeps } from "./operation.ts";
import { ReEncrypt } from "./re-encrypt.ts";
import { RetireGrant } from "./retire-grant.ts";
import { RevokeGrant } from "./revoke-grant.ts";
import { rules } from "./rules.ts";
import { ScheduleKeyDeletion } from "./schedule-key-deletion.ts";
import { TagResource } from "./tag-resource.ts";
import { UntagResource } from "./untag-resource.ts";
import { UpdateAlias } from "./update-alias.ts";
import { UpdateKeyDescription } from "./update-key-description.ts";

/** AWS Key Management Service. One file per operation; this is the list of them. */
export const kms: Service<typeof sdk, KmsDeps, KeyRefusal> = {
  name: "kms",
  sdk,
  facts: FACTS.kms,
  operations: {
    CancelKeyDeletion,
    CreateAlias,
    CreateGrant,
    CreateKey,
    Decrypt,
    DeleteAlias,
    DescribeKey,
    DisableKey,
    EnableKey,
    Encrypt,
    GenerateDataKey,
    GenerateDataKeyWithoutPlaintext,
    GenerateRandom,
    GetKeyPolicy,
    GetKeyRotationStatus,
    ListAliases,
    ListGrants,
    ListKeyPolicies,
    ListKeys,
    ListResourceTags,
    ListRetirableGrants,
    ReEncrypt,
    RetireGrant,
    RevokeGrant,
    ScheduleKeyDeletion,
    TagResource,
    UntagResource,
    UpdateAlias,
    UpdateKeyDescription,
  },
  rules,
  refusals,
};
