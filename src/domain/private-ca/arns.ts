import { parseArn } from "#domain/arn.ts";
import type { Named, Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";

export type PrivateCaArn = Named<"PrivateCaArn">;

/** Whose CA an ARN names, and the id under which it is kept. */
export interface PrivateCaName {
  readonly arn: PrivateCaArn;
  readonly owner: Owner;
  readonly id: string;
}

export function privateCaArn({ account, region }: Owner, id: string): PrivateCaArn {
  return `arn:aws:acm-pca:${region}:${account}:certificate-authority/${id}` as PrivateCaArn;
}

/** The ARN of what a CA issued: it ends in the serial number. */
export function issuedArn(caArn: PrivateCaArn, arnId: string): string {
  return `${caArn}/certificate/${arnId}`;
}

/** Reads the ARN of a private CA; undefined for what names anything else. */
export function parsePrivateCaArn(text: string): PrivateCaName | undefined {
  const { service, region, account, resource = "" } = parseArn(text) ?? {};
  const [, id] = /^certificate-authority\/([\w-]{1,64})$/.exec(resource) ?? [];
  if (service !== "acm-pca" || !region || !account || id === undefined) return undefined;
  return { arn: text as PrivateCaArn, owner: { account, region }, id };
}

/** The same; throws `private-ca-arn-invalid`. */
export function readPrivateCaArn(text: string): PrivateCaName {
  const name = parsePrivateCaArn(text);
  if (!name) throw new Refusal("private-ca-arn-invalid", `${text} is not the ARN of a private certificate authority.`);
  return name;
}

/** What the ARN of an issued certificate ends in. Throws `private-ca-arn-invalid` when it is of another CA, or none. */
export function readIssuedArn(text: string, { arn }: PrivateCaName): string {
  const id = text.startsWith(`${arn}/certificate/`) ? text.slice(`${arn}/certificate/`.length) : "";
  if (!/^[0-9a-f]{1,64}$/i.test(id)) {
    throw new Refusal("private-ca-arn-invalid", `${text} is not the ARN of a certificate issued by ${arn}.`);
  }
  return id.toLowerCase();
}
