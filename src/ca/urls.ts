/** Where the CA's pages are, under its base URL: these stand in certificates, pages.ts answers them. */
export const CA_PATH = "/ca";

export function certificateUrl(caUrl: string, issuerId: string): string {
  return `${caUrl}${CA_PATH}/${issuerId}.crt`;
}

/** Of shard 0, which is of CA certificates, without its number. */
export function crlUrl(caUrl: string, issuerId: string, shard = 0): string {
  return `${caUrl}${CA_PATH}/${issuerId}${shard === 0 ? "" : `/${shard}`}.crl`;
}

export function ocspUrl(caUrl: string): string {
  return `${caUrl}${CA_PATH}/ocsp`;
}
