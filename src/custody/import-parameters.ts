import { checkExternal, checkWrapping, type WrappingAlgorithm, type WrappingKeySpec } from "#domain/keys/import.ts";
import { KEY_LIMITS } from "#domain/keys/limits.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { hasCome, later } from "#lib/duration.ts";
import { putJob } from "#store/jobs.ts";
import { findMasterKey } from "#store/master-keys.ts";
import type { Db, Tx } from "#store/store.ts";
import { countWrappingKeys, deleteWrappingKey, findWrappingKey, insertWrappingKey } from "#store/wrapping-keys.ts";
import { authorize } from "./authorize.ts";
import { changeKey } from "./change-key.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { newImportToken, readImportToken } from "./import-token.ts";
import { keyAct } from "./key-acts.ts";
import type { Wrapped } from "./vault.ts";

/** The task of the job that destroys a wrapping key when its time is over; its subject is the wrapping key's id. */
export const FORGET_WRAPPING_KEY = "key.forget-wrapping-key";

/** What it takes to wrap material, and to import it until `validTo`. */
export interface ImportParameters {
  readonly key: MasterKey;
  readonly token: Buffer;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  readonly validTo: Date;
}

/**
 * A wrapping key for one key's material, and the token that goes with it, for a day. The pair is made once it is sure that
 * the caller may have it: of RSA_4096 that takes seconds. Its private half is used in the vault only.
 */
export async function parametersForImport(
  request: { readonly keyId: string; readonly algorithm: WrappingAlgorithm; readonly wrappingKey: WrappingKeySpec },
  caller: Caller,
  deps: Pick<Custody, "store" | "clock" | "root">,
): Promise<ImportParameters> {
  const { store, clock, root } = deps;
  const { keyId, algorithm, wrappingKey } = request;
  const operation = "GetParametersForImport";
  const facts = factsOf({ "kms:WrappingAlgorithm": algorithm, "kms:WrappingKeySpec": wrappingKey });
  const seen = await findKey(store, keyId, caller, { operation, aliases: false });
  await authorize(store, seen, { operation, context: {}, grantTokens: [], facts }, caller, root);
  checkExternal(seen);
  checkWrapping(seen.spec, algorithm, wrappingKey);
  await checkRoom(store, seen, clock.now());
  const validTo = later(clock.now(), KEY_LIMITS.importTokenValidity);
  const { id, bytes: token } = newImportToken(validTo);
  const { sealed, publicKey } = await root.vault.make(wrappingKey, purpose(id));
  if (!publicKey) throw new Error("the vault made a wrapping key without a public half");
  const keep = async (tx: Tx, key: MasterKey): Promise<ImportParameters> => {
    await checkRoom(tx, key, clock.now());
    await insertWrappingKey(tx, { id, keyId: key.id, algorithm, sealed, validTo });
    await putJob(tx, FORGET_WRAPPING_KEY, id, validTo.getTime());
    return { key, token, publicKey, validTo };
  };
  return await changeKey(operation, keyId, caller, deps, keep, facts);
}

/** The wrapping key that a token goes with, if it was made for this key and its time is not over. */
export async function redeemToken(
  db: Db,
  token: Uint8Array,
  keyId: KeyId,
  { clock }: Pick<Custody, "clock">,
): Promise<Omit<Wrapped, "wrapped">> {
  const read = readImportToken(token);
  if (!read) throw invalid();
  if (hasCome(read.validTo, clock.now())) {
    throw new Refusal(
      "import-token-expired",
      `The import token expired at ${read.validTo.toISOString()}: get a new one.`,
    );
  }
  const found = await findWrappingKey(db, read.id);
  if (found?.keyId !== keyId) throw invalid();
  const { algorithm, sealed } = found;
  return { algorithm, wrappingKey: { spec: ANY_RSA, purpose: purpose(found.id), sealed } };
}

/** The task "key.forget-wrapping-key". */
export async function forgetWrappingKey(
  id: string,
  { store, clock, ids }: Pick<Custody, "store" | "clock" | "ids">,
): Promise<undefined> {
  await store.transaction().execute(async (tx) => {
    const keyId = await deleteWrappingKey(tx, id);
    const key = keyId && (await findMasterKey(tx, keyId));
    if (!key) return;
    const kms = { ...key, arn: KMS, requestId: ids.uuid() };
    await recordIn(tx, keyAct(kms, "DestroyWrappingKey", { key: arnOf(key) }), clock);
  });
  return undefined;
}

async function checkRoom(db: Db, key: MasterKey, now: Date): Promise<void> {
  const most = KEY_LIMITS.wrappingKeysPerKey;
  if ((await countWrappingKeys(db, key.id, now, most)) < most) return;
  throw new Refusal(
    "key-limit-exceeded",
    `${arnOf(key)} has ${most} import tokens that are still valid: use one of them, or wait until one has expired.`,
  );
}

function invalid(): Refusal {
  return new Refusal(
    "import-token-invalid",
    "The import token is not one that GetParametersForImport returned for this key, or it was changed.",
  );
}

function purpose(id: string): string {
  return `kms:wrapping-key:${id}`;
}

const KMS = "kms.amazonaws.com";
/** A private key says itself how long it is. */
const ANY_RSA = "RSA_2048";
