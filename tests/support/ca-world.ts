import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { CaDeps } from "#ca/deps.ts";
import { ensureHierarchy } from "#ca/hierarchy.ts";
import { type LeafRequest, prepareLeaf, type SignedLeaf, signLeaf } from "#ca/issue.ts";
import { Signers } from "#ca/signers.ts";
import { keyFileRoot } from "#custody/root.ts";
import { certificateArn } from "#domain/arn.ts";
import { SHARED_HIERARCHY } from "#domain/hierarchy/names.ts";
import { parseAccountId, parseDomainName, parseRegion } from "#domain/names.ts";
import { DAY } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { pem } from "#lib/pem.ts";
import { type CrossCertificateRow, insertCrossCertificate, listCrossCertificates } from "#store/hierarchies.ts";
import { findIssuer, type IssuerRow, insertIssuer, listIssuers } from "#store/issuers.ts";
import type { Store } from "#store/store.ts";
import { type TestClock, testClock } from "./test-clock.ts";

export const CA_URL = "http://127.0.0.1:4566";

export interface CaWorld extends CaDeps {
  readonly clock: TestClock;
}

/** A node of the CA on a store: several of them on one store share its hierarchy and its root of custody. */
export function caNode(
  store: Store,
  clock: TestClock = testClock("2026-11-22T12:00:00.750Z"),
  caUrl: string = CA_URL,
): CaWorld {
  const signers = new Signers({ root: keyFileRoot(Buffer.alloc(32, 7)), caUrl });
  return { store, clock, ids: randomIds, signers };
}

/** A node whose hierarchy stands. */
export async function caWorld(store: Store, clock?: TestClock, caUrl?: string): Promise<CaWorld> {
  const world = caNode(store, clock, caUrl);
  await hierarchyOf(world);
  return world;
}

/**
 * What `ensureHierarchy` does, but the keys are generated once for all tests of a file that start at the same time of
 * the clock and with the same root of custody and URL.
 */
export async function hierarchyOf(deps: CaDeps): Promise<void> {
  const { store, clock, signers } = deps;
  const like = `${signers.root.fingerprint} ${signers.caUrl} ${clock.now().getTime()}`;
  const known = made.get(like);
  if (!known) {
    await ensureHierarchy(deps);
    made.set(like, {
      issuers: await listIssuers(store),
      crosses: await listCrossCertificates(store, SHARED_HIERARCHY),
    });
    return;
  }
  await store.transaction().execute(async (tx) => {
    for (const row of known.issuers) await insertIssuer(tx, row);
    for (const row of known.crosses) await insertCrossCertificate(tx, row);
  });
}

const made = new Map<
  string,
  { readonly issuers: readonly IssuerRow[]; readonly crosses: readonly CrossCertificateRow[] }
>();

/** Keys as leafs have them. */
export function leafKey(type: "RSA_2048" | "EC_prime256v1" | "EC_secp384r1"): { spki: Buffer; privateKey: KeyObject } {
  const { publicKey, privateKey } =
    type === "RSA_2048"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: type.slice("EC_".length) });
  return { spki: publicKey.export({ type: "spki", format: "der" }), privateKey };
}

const owner = { account: parseAccountId("123456789012")!, region: parseRegion("eu-west-1")! };

/** A request that may be signed, with whatever is to be different. */
export function leafRequest(different: Partial<LeafRequest> = {}): LeafRequest {
  return {
    certificateArn: certificateArn(owner, randomIds.uuid()),
    generation: 1,
    subjectPublicKeyInfo: leafKey("EC_prime256v1").spki,
    names: ["example.com", "*.example.com", "xn--bcher-kva.example"].map((name) => parseDomainName(name)!),
    validity: 198 * DAY,
    ...different,
  };
}

/** Prepares and signs. */
export async function issue(world: CaWorld, different: Partial<LeafRequest> = {}): Promise<SignedLeaf> {
  const request = leafRequest(different);
  return await signLeaf(await world.store.transaction().execute((tx) => prepareLeaf(tx, request, world)), world);
}

/** A CA certificate as PEM. */
export async function issuerPem({ store }: CaWorld, id: string): Promise<string> {
  return pem("CERTIFICATE", (await findIssuer(store, id))!.certificate);
}
