import { listAuthorityTags } from "#ca/private/permissions.ts";
import type { AcmPcaOperation } from "./api.ts";
import { readPage } from "./wire.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_ListTags.html */
export const ListTags: AcmPcaOperation<"ListTags"> = async (input, caller, deps) => {
  const { page, nextToken } = await listAuthorityTags(input.CertificateAuthorityArn, readPage(input), caller, deps);
  return { Tags: page.map(({ key, value }) => ({ Key: key, Value: value })), NextToken: nextToken };
};
