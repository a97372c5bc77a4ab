import type { CertificateArn } from "#domain/arn.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { digest } from "#lib/keyed-hash.ts";

/** A place in a list: two numbers and the ARN of the last certificate that was told. */
export interface TokenPlace {
  readonly numbers: readonly [number, number];
  readonly arn: CertificateArn;
}

/** What names a list: whose it is, and how it is filtered. */
export type ListName = readonly [Owner, ...(string | undefined)[]];

/** Where the next page begins. Whoever makes one up sees nothing that is not the caller's: it is a place, no right. */
export function writePageToken({ numbers, arn }: TokenPlace, list: ListName): string {
  return Buffer.from(JSON.stringify([tagOf(list), ...numbers, arn])).toString("base64url");
}

/** Throws `page-token-invalid` for what is no token, or one of another list. */
export function readPageToken(token: string, list: ListName): TokenPlace {
  const [tag, first, second, arn] = parse(token);
  const isPlace = Number.isSafeInteger(first) && Number.isSafeInteger(second) && typeof arn === "string";
  const valid = tag === tagOf(list) && isPlace && !arn.includes("\0");
  if (!valid)
    throw new Refusal("page-token-invalid", "The NextToken is not one that was answered for these parameters.");
  return { numbers: [Number(first), Number(second)], arn: arn as CertificateArn };
}

function parse(token: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function tagOf([{ account, region }, ...filter]: ListName): string {
  return digest(account, region, ...filter.map((part) => part ?? "\0")).toString("base64url", 0, TAG_BYTES);
}

const TAG_BYTES = 9;
