import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { removeTags, type TagDeps } from "#lifecycle/tags.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RemoveTagsFromCertificate.html */
export const RemoveTagsFromCertificate: Operation<typeof sdk, "RemoveTagsFromCertificate", TagDeps> = async (
  { CertificateArn, Tags },
  caller,
  deps,
) => {
  await removeTags(CertificateArn, readTags(Tags), caller, deps);
};
