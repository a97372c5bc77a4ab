import { type KeyArn, keyArn, parseArn } from "#domain/arn.ts";
import type { Named, Owner } from "#domain/names.ts";

/** A UUID in lower case. */
export type KeyId = Named<"KeyId">;
/** `alias/…`, as it stands in requests and answers. */
export type AliasName = Named<"AliasName">;

/** What a request's KeyId may name. `owner` is where an ARN says it is; a bare id or name is the caller's own. */
export type KeyReference =
  | { readonly kind: "key"; readonly id: KeyId; readonly owner: Owner | undefined }
  | { readonly kind: "alias"; readonly name: AliasName; readonly owner: Owner | undefined };

/** Reads a key id, key ARN, alias name or alias ARN; `invalid-arn` and `invalid-id` say what `text` tried to be. */
export function parseKeyReference(text: string): KeyReference | "invalid-arn" | "invalid-id" {
  if (!text.startsWith("arn:")) return reference(text, undefined) ?? "invalid-id";
  const arn = parseArn(text);
  if (arn?.service !== "kms" || !arn.account || !arn.region) return "invalid-arn";
  const owner: Owner = { account: arn.account, region: arn.region };
  if (!arn.resource.startsWith("key/")) return aliasReference(arn.resource, owner) ?? "invalid-arn";
  const id = parseKeyId(arn.resource.slice("key/".length));
  return id ? { kind: "key", id, owner } : "invalid-id";
}

export function parseKeyId(text: string): KeyId | undefined {
  return UUID.test(text) ? (text.toLowerCase() as KeyId) : undefined;
}

/** `alias/` and a name of letters, digits, `/`, `_` and `-`. */
export function parseAliasName(text: string): AliasName | undefined {
  return text.length <= LONGEST_ALIAS && ALIAS.test(text) ? (text as AliasName) : undefined;
}

/** Names that begin so belong to AWS managed keys. */
export function isReservedAlias(name: string): boolean {
  return name.startsWith("alias/aws/");
}

export function aliasArn(owner: Owner, name: string): string {
  return `arn:aws:kms:${owner.region}:${owner.account}:${name}`;
}

/** The id that a key's ARN ends in. */
export function keyIdOf(arn: KeyArn): KeyId {
  return arn.slice(arn.lastIndexOf("/") + 1) as KeyId;
}

/** The ARN of a stored key. */
export function arnOf(key: Owner & { readonly id: string }): KeyArn {
  return keyArn(key, key.id);
}

function reference(text: string, owner: Owner | undefined): KeyReference | undefined {
  const id = parseKeyId(text);
  return id ? { kind: "key", id, owner } : aliasReference(text, owner);
}

function aliasReference(text: string, owner: Owner | undefined): KeyReference | undefined {
  const name = parseAliasName(text);
  return name && { kind: "alias", name, owner };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ALIAS = /^alias\/[a-zA-Z0-9/_-]+$/;
const LONGEST_ALIAS = 256;
