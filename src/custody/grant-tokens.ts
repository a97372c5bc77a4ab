import type { KeyArn } from "#domain/arn.ts";
import { Refusal } from "#domain/refusal.ts";
import type { RootOfCustody } from "./root.ts";

/** What a grant token stands for. */
export interface GrantToken {
  readonly keyArn: KeyArn;
  readonly grantId: string;
}

/** A token that names a grant: opaque, different every time, and nobody but this installation can make one. */
export function writeGrantToken({ keyArn, grantId }: GrantToken, root: RootOfCustody): string {
  return root.tokens.seal(Buffer.from(`${keyArn} ${grantId}`), PURPOSE).toString("base64");
}

/** What a token stands for; refused when it was not made here. Whether its grant still exists it does not say. */
export function readGrantToken(token: string, root: RootOfCustody): GrantToken {
  const [keyArn, grantId] = unseal(token, root)?.split(" ") ?? [];
  if (keyArn === undefined || grantId === undefined) {
    throw new Refusal("grant-token-invalid", "The grant token is not one that CreateGrant returned.");
  }
  return { keyArn: keyArn as KeyArn, grantId };
}

function unseal(token: string, root: RootOfCustody): string | undefined {
  try {
    using content = root.tokens.open(Buffer.from(token, "base64"), PURPOSE);
    return content.bytes.toString();
  } catch {
    return undefined; // whatever is wrong with it, it is not ours
  }
}

const PURPOSE = "kms:grant-token";
