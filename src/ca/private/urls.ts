import { ocspUrl } from "#ca/urls.ts";
import type { RevocationConfiguration } from "#domain/private-ca/revocation-configuration.ts";

/** Where the certificates of a private CA say that their revocation is told; undefined where it is not. */
export interface RevocationPlaces {
  readonly crlUrl: string | undefined;
  readonly ocspUrl: string | undefined;
}

/** What stands in a certificate of this serial number. */
export function revocationPlaces(
  id: string,
  serial: string,
  configuration: RevocationConfiguration,
  caUrl: string,
): RevocationPlaces {
  const { CrlConfiguration: crl, OcspConfiguration: ocsp } = configuration;
  const named = crl?.Enabled && !crl.CrlDistributionPointExtensionConfiguration?.OmitExtension;
  const cname = ocsp?.OcspCustomCname;
  return {
    crlUrl: named ? privateCrlUrl(id, partOf(serial, configuration), configuration, caUrl) : undefined,
    ocspUrl: ocsp?.Enabled ? (cname ? `http://${cname}` : ocspUrl(caUrl)) : undefined,
  };
}

/** The URL of a CA's CRL, or of one part of it: under the custom name where there is one, else at our own pages. */
export function privateCrlUrl(
  id: string,
  part: string,
  { CrlConfiguration: crl }: RevocationConfiguration,
  caUrl: string,
): string {
  const base = crl?.CustomCname ? `http://${crl.CustomCname}` : caUrl;
  return `${base}/${crlFolder(crl)}/${id}${part === "" ? "" : `/${part}`}.crl`;
}

/** AWS's folder, or one of the CA's own. */
export function crlFolder(crl: RevocationConfiguration["CrlConfiguration"]): string {
  return crl?.CustomPath || "crl";
}

/** The part of the CRL that covers a certificate; empty where there is one for all. Serial numbers are spread evenly. */
export function partOf(serial: string, { CrlConfiguration: crl }: RevocationConfiguration): string {
  return crl?.CrlType === "PARTITIONED" ? lastDigit(serial) : "";
}

/** Sixteen parts, by the last hexadecimal digit of the serial number. */
export function lastDigit(serial: string): string {
  return serial.slice(-1);
}
