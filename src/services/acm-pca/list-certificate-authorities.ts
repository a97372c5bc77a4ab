import { listAuthorities } from "#ca/private/describe.ts";
import type { AcmPcaOperation } from "./api.ts";
import { readPage, shownAuthority } from "./wire.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_ListCertificateAuthorities.html */
export const ListCertificateAuthorities: AcmPcaOperation<"ListCertificateAuthorities"> = async (
  input,
  caller,
  deps,
) => {
  const request = { ...readPage(input), shared: input.ResourceOwner === "OTHER_ACCOUNTS" };
  const { authorities, nextToken } = await listAuthorities(request, caller, deps);
  return { CertificateAuthorities: authorities.map(shownAuthority), NextToken: nextToken };
};
