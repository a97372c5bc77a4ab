import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { listTags, type TagDeps } from "#lifecycle/tags.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ListTagsForCertificate.html */
export const ListTagsForCertificate: Operation<typeof sdk, "ListTagsForCertificate", TagDeps> = async (
  { CertificateArn },
  caller,
  deps,
) => {
  const tags = await listTags(CertificateArn, caller, deps);
  return { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) };
};
