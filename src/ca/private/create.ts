import { createPublicKey } from "node:crypto";
import { signAndCheck } from "#ca/signers.ts";
import { keyMadeAct } from "#custody/sealed-key-acts.ts";
import { type Tag, withTags } from "#domain/certificate/tags.ts";
import type { Caller } from "#domain/names.ts";
import { type PrivateCaArn, privateCaArn } from "#domain/private-ca/arns.ts";
import type { DistinguishedName } from "#domain/private-ca/distinguished-name.ts";
import type { CsrExtensions } from "#domain/private-ca/extensions.ts";
import {
  NO_REVOCATION,
  type RevocationConfiguration,
  withRevocation,
} from "#domain/private-ca/revocation-configuration.ts";
import type { CaType, UsageMode } from "#domain/private-ca/status.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { canonicalJson } from "#lib/canonical-json.ts";
import { encode, integer, oid, sequence, setOf, tagged } from "#lib/der.ts";
import { later, MINUTE } from "#lib/duration.ts";
import { digest } from "#lib/keyed-hash.ts";
import { OID } from "#lib/oids.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { signed } from "#lib/x509-certificate.ts";
import {
  type CaKeyAlgorithm,
  generateCaKey,
  SIGNATURES,
  SIGNS_WITH,
  type SignatureName,
} from "#lib/x509-signatures.ts";
import { putJob } from "#store/jobs.ts";
import { writeCaTags } from "#store/private-ca-records.ts";
import {
  changePrivateCa,
  findCaByRequestKey,
  findPrivateCa,
  insertPrivateCa,
  releaseCaRequestKey,
} from "#store/private-cas.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { sealPurpose } from "./open-authority.ts";
import { checkSignature } from "./prepare.ts";
import { ownExtensions } from "./requested-extensions.ts";
import { subjectDer } from "./subject-name.ts";

/** The task of the job that makes a CA's key; its subject is the CA's id. */
export const CREATE_TASK = "private-ca.create";

/** What CreateCertificateAuthority is asked for. */
export interface CreateRequest {
  readonly type: CaType;
  /** Any name: one that is none of ours is refused. */
  readonly keyAlgorithm: string;
  readonly signingAlgorithm: string;
  readonly subject: DistinguishedName;
  readonly csrExtensions: CsrExtensions | undefined;
  readonly revocation: RevocationConfiguration;
  readonly usageMode: UsageMode;
  readonly keyStorage: string;
  readonly tags: readonly Tag[];
  readonly idempotencyToken: string | undefined;
}

/**
 * Records a private CA and promises its key; until that is made the CA is CREATING. The same token with the same
 * parameters within five minutes answers the same CA. Throws `private-ca-args-invalid`, `tag-invalid` and
 * `too-many-tags`.
 */
export async function createAuthority(
  request: CreateRequest,
  caller: Caller,
  { store, clock, ids }: Pick<PrivateCaDeps, "store" | "clock" | "ids">,
): Promise<PrivateCaArn> {
  const { keyAlgorithm, signingAlgorithm } = checkAlgorithms(request);
  checkSubject(request);
  const revocation = withRevocation(NO_REVOCATION, request.revocation);
  const tags = withTags([], request.tags);
  return await store.transaction().execute(async (tx) => {
    const now = clock.now();
    const requestKey = keyOf(request, caller);
    if (requestKey !== null) await releaseCaRequestKey(tx, requestKey, later(now, -TOKEN_LIFETIME).getTime());
    const id = ids.uuid();
    const isNew = await insertPrivateCa(tx, {
      id,
      account: caller.account,
      region: caller.region,
      createdAt: now.getTime(),
      changedAt: now.getTime(),
      requestKey,
      type: request.type,
      status: "CREATING",
      keyAlgorithm,
      signingAlgorithm,
      usageMode: request.usageMode,
      keyStorage: request.keyStorage,
      subject: JSON.stringify(request.subject),
      csrExtensions: request.csrExtensions === undefined ? null : JSON.stringify(request.csrExtensions),
      revocation: JSON.stringify(revocation),
    });
    if (!isNew) {
      const earlier = requestKey === null ? undefined : await findCaByRequestKey(tx, requestKey);
      if (earlier === undefined) throw new Error(`private CA ${id} was not recorded`);
      return privateCaArn(caller, earlier);
    }
    await writeCaTags(tx, id, tags);
    await putJob(tx, CREATE_TASK, id, now.getTime());
    return privateCaArn(caller, id);
  });
}

/** The job: makes the key and the request for its certificate. Of several that do so at once one wins. */
export async function createJob(
  id: string,
  deps: Pick<PrivateCaDeps, "store" | "clock" | "signers">,
): Promise<undefined> {
  const { store, clock, signers } = deps;
  const ca = await findPrivateCa(store, id);
  if (ca?.status !== "CREATING") return;
  const key = await generateCaKey(ca.keyAlgorithm);
  const publicKey = createPublicKey(key);
  const algorithm = SIGNATURES[ca.signingAlgorithm];
  const extensions = ownExtensions(JSON.parse(ca.csrExtensions ?? "{}") as CsrExtensions);
  const info = encode(
    sequence(
      integer(0),
      subjectDer(JSON.parse(ca.subject) as DistinguishedName),
      publicKey.export({ type: "spki", format: "der" }),
      tagged(0, sequence(oid(OID.extensionRequest), setOf(sequence(...extensions)))),
    ),
  );
  const csr = signed(info, algorithm.identifier, signAndCheck({ id, algorithm, key, publicKey }, info));
  using pkcs8 = new PlaintextKey(key.export({ type: "pkcs8", format: "der" }));
  const sealedKey = signers.root.seal(pkcs8.bytes, sealPurpose(id));
  const changedAt = clock.now().getTime();
  const made = { status: "PENDING_CERTIFICATE", sealedKey, csr, changedAt } as const;
  const spki = publicKey.export({ type: "spki", format: "der" });
  await store.transaction().execute(async (tx) => {
    if (!(await changePrivateCa(tx, id, "CREATING", made))) return;
    await recordIn(tx, keyMadeAct({ sealed: sealedKey, spki, resource: privateCaArn(ca, id), owner: ca }), clock);
  });
}

/** The algorithms as ones that we have. */
function checkAlgorithms({ keyAlgorithm, signingAlgorithm, keyStorage }: CreateRequest): Algorithms {
  if (!Object.hasOwn(SIGNS_WITH, keyAlgorithm)) {
    throw invalid(`Key algorithm ${keyAlgorithm} is not supported in this region.`);
  }
  checkSignature(keyAlgorithm as CaKeyAlgorithm, signingAlgorithm);
  if (keyStorage === "CCPC_LEVEL_1_OR_HIGHER") {
    throw invalid("A certificate authority cannot be created in this region with the specified security standard.");
  }
  return { keyAlgorithm: keyAlgorithm as CaKeyAlgorithm, signingAlgorithm: signingAlgorithm as SignatureName };
}

interface Algorithms {
  readonly keyAlgorithm: CaKeyAlgorithm;
  readonly signingAlgorithm: SignatureName;
}

/** Everything that the request for the certificate will hold, while the caller can still be told. */
function checkSubject({ subject, csrExtensions }: CreateRequest): void {
  if (subjectDer(subject).equals(encode(sequence())))
    throw invalid("The subject of a certificate authority cannot be empty.");
  for (const extension of ownExtensions(csrExtensions ?? {})) encode(extension);
}

function keyOf({ idempotencyToken, ...asked }: CreateRequest, { account, region }: Caller): string | null {
  return idempotencyToken === undefined
    ? null
    : digest(account, region, idempotencyToken, canonicalJson(asked)).toString("hex");
}

function invalid(message: string): Refusal {
  return new Refusal("private-ca-args-invalid", message);
}

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_CreateCertificateAuthority.html: IdempotencyToken. */
const TOKEN_LIFETIME = 5 * MINUTE;
