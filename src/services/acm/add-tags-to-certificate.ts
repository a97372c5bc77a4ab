import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { addTags, type TagDeps } from "#lifecycle/tags.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_AddTagsToCertificate.html */
export const AddTagsToCertificate: Operation<typeof sdk, "AddTagsToCertificate", TagDeps> = async (
  { CertificateArn, Tags },
  caller,
  deps,
) => {
  await addTags(CertificateArn, readTags(Tags), caller, deps);
};
