import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import type { RootOfCustody } from "#custody/root.ts";
import { type KeyName, keyDestroyedAct, keyMadeAct } from "#custody/sealed-key-acts.ts";
import { parseArn } from "#domain/arn.ts";
import type { AccountId } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Db, Store } from "#store/store.ts";
import {
  type AccountPlace,
  deleteUpstreamAccount,
  findUpstreamAccount,
  forgetUpstreamAccountUrl,
  insertUpstreamAccount,
  recordIssuerName,
  recordUpstreamAccount,
  type UpstreamAccount,
} from "#store/upstream-accounts.ts";
import type { AcmeClient, Signer } from "./acme-client.ts";
import { bindAccount } from "./jws.ts";
import { parseAccountStatus } from "./objects.ts";
import { AcmeProblem } from "./problem.ts";

export interface AccountDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly root: RootOfCustody;
}

/** Something that only the operator can put right: a setting that the CA wants otherwise. */
export class Misconfigured extends Error {
  override readonly name = "Misconfigured";
}

/**
 * Does something as an account of ours at a CA: each account here has one there, made at the first use and the same ever
 * after, on every node. Its key is made here, is kept sealed by the root of custody, and is open for as long as `act`
 * takes. Throws Misconfigured, Unreachable and AcmeProblem.
 */
export async function asAccount<T>(
  client: AcmeClient,
  owner: AccountId,
  act: (signer: Signer & { readonly account: string }) => Promise<T>,
  deps: AccountDeps,
): Promise<T> {
  const place = { directory: client.ca.directory, owner };
  const known = await ownAccount(place, deps);
  using pkcs8 = deps.root.open(known.sealedKey, purpose(place));
  const key = createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" });
  const account = await registered(client, place, known, key, deps);
  try {
    return await act({ key, account });
  } catch (error) {
    // A CA that lost its accounts, as test servers do at each start: the next try makes the key known again.
    if (isProblem(error, "accountDoesNotExist")) await forgetUpstreamAccountUrl(deps.store, place, account);
    throw error;
  }
}

/** Whose account at a CA a certificate is ordered by. */
export function ownerOf(certificateArn: string): AccountId {
  const { account } = parseArn(certificateArn) ?? {};
  if (!account) throw new Error(`${certificateArn} is of no account`);
  return account;
}

/** Who we are at a CA, as a record that stays names us (draft-ietf-acme-dns-persist). */
export interface PersistentAccount {
  readonly issuerName: string;
  readonly account: string;
}

/** Makes an account at a CA before anything is ordered, so that records can name it. */
export async function preparePersistent(client: AcmeClient, owner: AccountId, deps: AccountDeps): Promise<void> {
  const { ca } = client;
  const [issuerName] = [...ca.caaIdentities, ...(await client.directory()).caaIdentities];
  if (issuerName === undefined) {
    throw new Misconfigured(`${ca.name} does not say how records name it: set its caa-identities`);
  }
  await asAccount(client, owner, () => Promise.resolve(), deps);
  await recordIssuerName(deps.store, { directory: ca.directory, owner }, issuerName.toLowerCase());
}

/** Undefined until `preparePersistent` has been done for this place. */
export async function findPersistent(place: AccountPlace, db: Db): Promise<PersistentAccount | undefined> {
  const { url, issuerName } = (await findUpstreamAccount(db, place)) ?? {};
  return url === undefined || issuerName === undefined ? undefined : { account: url, issuerName };
}

/** The account's key, made at its first use. */
async function ownAccount(place: AccountPlace, { store, clock, root }: AccountDeps): Promise<UpstreamAccount> {
  const known = await findUpstreamAccount(store, place);
  if (known) return known;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  using pkcs8 = new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" }));
  const sealed = root.seal(pkcs8.bytes, purpose(place));
  const spki = publicKey.export({ type: "spki", format: "der" });
  await store.transaction().execute(async (tx) => {
    if (!(await insertUpstreamAccount(tx, place, sealed, clock.now().getTime()))) return;
    await recordIn(tx, keyMadeAct({ sealed, spki, owner: whose(place) }), clock);
  });
  // Another node may have been first: what is read back is what all use.
  const kept = await findUpstreamAccount(store, place);
  if (!kept) throw new Error(`the account at ${place.directory} was not kept`);
  return kept;
}

/** The account's URL: it is registered, and told of new contacts, where the CA does not know of it yet. */
async function registered(
  client: AcmeClient,
  place: AccountPlace,
  { sealedKey, url, contacts }: UpstreamAccount,
  key: Signer["key"],
  { store, clock }: AccountDeps,
): Promise<string> {
  const { ca } = client;
  const wanted = JSON.stringify(ca.contacts);
  if (url !== undefined && JSON.stringify(contacts) === wanted) return url;
  try {
    const known = url ?? (await register(client, key));
    // An account that is there already keeps its contacts when it is registered again (RFC 8555 section 7.3.1).
    if (url !== undefined) await client.post(url, { contact: ca.contacts }, { key, account: url });
    await recordUpstreamAccount(store, place, sealedKey, { url: known, contacts: ca.contacts });
    return known;
  } catch (error) {
    if (error instanceof Deactivated) await destroyAccount(place, sealedKey, { store, clock });
    if (isProblem(error, "accountDoesNotExist") && url !== undefined) {
      await forgetUpstreamAccountUrl(store, place, url);
    }
    throw error;
  }
}

/** RFC 8555 section 7.3: the same key is the same account, however often it is registered. */
async function register(client: AcmeClient, key: Signer["key"]): Promise<string> {
  const { ca } = client;
  const { newAccount, termsOfService, externalAccountRequired } = await client.directory();
  if (termsOfService !== undefined && !ca.termsAgreed) {
    throw new Misconfigured(
      `${ca.name} wants its terms of service to be agreed to: read ${termsOfService} and say so in the settings`,
    );
  }
  if (externalAccountRequired && !ca.binding) {
    throw new Misconfigured(`${ca.name} takes its customers only: set the EAB key id and key that it gives to you`);
  }
  using macKey = ca.binding?.readKey();
  const binding =
    ca.binding && macKey && (await bindAccount(key, { keyId: ca.binding.keyId, macKey, url: newAccount }));
  const payload = {
    ...(termsOfService === undefined ? {} : { termsOfServiceAgreed: true }),
    ...(ca.contacts.length === 0 ? {} : { contact: ca.contacts }),
    ...(binding === undefined ? {} : { externalAccountBinding: binding }),
  };
  const { location, body } = await client.post(newAccount, payload, { key, account: undefined });
  if (location === undefined) throw new Misconfigured(`${ca.name} made an account without a URL`);
  const status = parseAccountStatus(body);
  if (status !== "valid") throw new Deactivated(`our account at ${ca.name} is ${status}; the next try makes a new one`);
  return location;
}

/** Section 7.3.6: it cannot be reactivated. */
class Deactivated extends Error {
  override readonly name = "Deactivated";
}

function isProblem(error: unknown, type: string): boolean {
  return error instanceof AcmeProblem && error.problem.type === type;
}

async function destroyAccount(
  place: AccountPlace,
  sealedKey: Uint8Array,
  { store, clock }: Pick<AccountDeps, "store" | "clock">,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    if (!(await deleteUpstreamAccount(tx, place, sealedKey))) return;
    await recordIn(tx, keyDestroyedAct({ resource: purpose(place), owner: whose(place) }), clock);
  });
}

/** An account at a CA is there for all regions. */
function whose({ owner }: AccountPlace): KeyName["owner"] {
  return { account: owner, region: "" };
}

function purpose({ directory, owner }: AccountPlace): string {
  return `acme-account:${directory}:${owner}`;
}
