import { type KeyArn, keyArn, parseArn } from "#domain/arn.ts";
import type { Named, Owner, Region } from "#domain/names.ts";

/** What requests and answers call a key: a UUID or, of a multi-Region key, `mrk-` and 32 digits, the same in each of its Regions. */
export type WireKeyId = Named<"WireKeyId">;
/** What a key is kept under here: its id and, of a multi-Region key, the Region: `mrk-….eu-west-1`. */
export type KeyId = Named<"KeyId">;
/** `alias/…`, as it stands in requests and answers. */
export type AliasName = Named<"AliasName">;

/** What a request's KeyId may name. `owner` is where an ARN says it is; a bare id or name is the caller's own. */
export type KeyReference =
  | { readonly kind: "key"; readonly id: WireKeyId; readonly owner: Owner | undefined }
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

/** The alias by which `text` names a key; undefined where it does by its id, or names none. */
export function aliasIn(text: string): AliasName | undefined {
  const reference = parseKeyReference(text);
  return typeof reference !== "string" && reference.kind === "alias" ? reference.name : undefined;
}

export function parseKeyId(text: string): WireKeyId | undefined {
  return UUID.test(text) || MULTI_REGION.test(text) ? (text.toLowerCase() as WireKeyId) : undefined;
}

/** What the key that a Region calls `id` is kept under. */
export function keyIdIn(region: Region, id: WireKeyId): KeyId {
  return (isMultiRegion(id) ? `${id}.${region}` : id) as KeyId;
}

/** What requests and answers call a key that is kept here. */
export function wireKeyId(id: KeyId): WireKeyId {
  const [wire = id] = id.split(".");
  return wire as WireKeyId;
}

/** Whether the key may have replicas in other Regions; it can be told from its id. */
export function isMultiRegion(id: KeyId | WireKeyId): boolean {
  return id.startsWith("mrk-");
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

/** What the key of an ARN is kept under. */
export function keyIdOf(arn: KeyArn): KeyId {
  return keyIdIn((arn.split(":")[3] ?? "") as Region, arn.slice(arn.lastIndexOf("/") + 1) as WireKeyId);
}

/** The ARN of a stored key. */
export function arnOf(key: Owner & { readonly id: KeyId | WireKeyId }): KeyArn {
  return keyArn(key, wireKeyId(key.id as KeyId));
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
const MULTI_REGION = /^mrk-[0-9a-f]{32}$/i;
const ALIAS = /^alias\/[a-zA-Z0-9/_-]+$/;
const LONGEST_ALIAS = 256;
