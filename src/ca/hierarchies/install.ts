import { revokeFlag } from "#ca/ceremony/revoked.ts";
import { readBlocks } from "#ca/ceremony/sealed-root.ts";
import type { CaDeps } from "#ca/deps.ts";
import { sealPurpose } from "#ca/signers.ts";
import { certificateUrl, crlUrl } from "#ca/urls.ts";
import { recordIn } from "#journal/journal.ts";
import { OID } from "#lib/oids.ts";
import { keyFamily } from "#lib/x509-algorithms.ts";
import {
  deleteIssuerRequest,
  findIssuerRequest,
  insertCrossCertificate,
  listIssuerRequests,
  listRevokedBy,
  putOfflineCrl,
} from "#store/hierarchies.ts";
import { findIssuer, type IssuerRow, insertIssuer, listIssuers } from "#store/issuers.ts";
import type { Tx } from "#store/store.ts";
import { HierarchyError } from "./error.ts";
import { caAct, crossAct } from "./make.ts";
import { promiseChains } from "./promise.ts";
import { expectValid, isSignedBy, type ReadCa, readCa } from "./read-ca.ts";
import { readRootCrl } from "./read-crl.ts";

/** What one thing that came back from a ceremony was. */
export type Installed =
  | { readonly kind: "intermediate"; readonly id: string; readonly fingerprint: string }
  | { readonly kind: "cross-certificate"; readonly id: string; readonly by: string; readonly fingerprint: string }
  | { readonly kind: "crl"; readonly id: string; readonly number: number; readonly until: Date };

/**
 * Installs what came back from a ceremony, PEM: certificates of intermediates that were requested here, of roots that
 * another root certified, and CRLs of roots. All of it or nothing: each is checked against what was asked for. Throws
 * HierarchyError.
 */
export async function install(text: string, deps: InstallDeps): Promise<readonly Installed[]> {
  const blocks = readBlocks(text, MOST);
  if (blocks.length === 0) throw new HierarchyError("there is nothing to install: no PEM block was found");
  return await deps.store.transaction().execute(async (tx) => {
    const done: Installed[] = [];
    for (const { label, der, line } of blocks) {
      try {
        if (label === "CERTIFICATE") done.push(await installCertificate(tx, readCa(der), deps));
        else if (label === "X509 CRL") done.push(await installCrl(tx, der, deps));
        else throw new HierarchyError(`a ${label} cannot be installed`);
      } catch (error) {
        if (!(error instanceof HierarchyError)) throw error;
        throw new HierarchyError(`the block that begins in line ${line}: ${error.message}`, { cause: error });
      }
    }
    return done;
  });
}

export type InstallDeps = Pick<CaDeps, "store" | "clock" | "signers">;

async function installCertificate(tx: Tx, ca: ReadCa, deps: InstallDeps): Promise<Installed> {
  expectValid(ca, deps.clock.now());
  const request = await findIssuerRequest(tx, ca.keyId.toString("hex"));
  if (request) return await installIntermediate(tx, ca, request, deps);
  return await installCross(tx, ca, deps);
}

async function installIntermediate(
  tx: Tx,
  ca: ReadCa,
  request: NonNullable<Awaited<ReturnType<typeof findIssuerRequest>>>,
  { clock, signers }: InstallDeps,
): Promise<Installed> {
  const root = await findIssuer(tx, request.parentId);
  if (root?.state === "distrusted")
    throw new HierarchyError(`${request.id} was requested of ${root.id}, which is distrusted`);
  const signer = root && readCa(Buffer.from(root.certificate));
  if (!root || !signer || !isSignedBy(ca, signer)) {
    throw new HierarchyError(`${request.id} was requested of the root ${request.parentId}, which did not sign this`);
  }
  expectPlace(ca, root.id, signers.caUrl);
  if (ca.pathLength !== 0)
    throw new HierarchyError("an intermediate must not have CAs below it: its pathLenConstraint is not 0");
  if (!ca.extensions.includes(OID.extKeyUsage))
    throw new HierarchyError("it is not limited to TLS servers: extKeyUsage is missing");
  if (ca.x509.validToDate.getTime() > root.notAfter) throw new HierarchyError(`it outlives its root ${root.id}`);
  const { id, hierarchy, family, sealedKey, parentId } = request;
  if (keyFamily(ca.keyAlgorithm) !== family) throw new HierarchyError(`${id} was requested for ${family} leafs`);
  const row = {
    id,
    parentId,
    serial: ca.serial,
    certificate: ca.der,
    sealedKey,
    notBefore: ca.x509.validFromDate.getTime(),
    notAfter: ca.x509.validToDate.getTime(),
    hierarchy,
    family,
    state: "standby",
    activeFrom: null,
    keyState: "here",
  } as const;
  if (!(await deleteIssuerRequest(tx, id)) || !(await insertIssuer(tx, row))) {
    throw new HierarchyError(`${id} was installed by somebody else a moment before`);
  }
  await recordIn(tx, caAct("InstallIssuer", sealPurpose(id), { of: sealPurpose(parentId) }), clock);
  return { kind: "intermediate", id, fingerprint: ca.x509.fingerprint256 };
}

async function installCross(tx: Tx, ca: ReadCa, { clock, signers }: InstallDeps): Promise<Installed> {
  const roots = (await listIssuers(tx))
    .filter(isTrustedRoot)
    .map((row) => ({ row, ca: readCa(Buffer.from(row.certificate)) }));
  const subject = roots.find(
    (one) => one.ca.subjectPublicKeyInfo.equals(ca.subjectPublicKeyInfo) && one.ca.subject.equals(ca.subject),
  );
  if (!subject) {
    const waiting = (await listIssuerRequests(tx)).map(({ id }) => id);
    throw new HierarchyError(
      `nothing here has its key: it belongs to none of the requests (${waiting.join(", ") || "there are none"}) and to no root`,
    );
  }
  const signer = roots.find((one) => one.row.hierarchy === subject.row.hierarchy && isSignedBy(ca, one.ca));
  if (!signer) throw new HierarchyError(`no root of the hierarchy ${subject.row.hierarchy} signed it`);
  if (signer.row.id === subject.row.id)
    throw new HierarchyError(`it is the root ${subject.row.id} itself, which is here already`);
  if (ca.pathLength !== undefined && ca.pathLength < 1)
    throw new HierarchyError("its pathLenConstraint is 0: no intermediate could stand under it");
  expectPlace(ca, signer.row.id, signers.caUrl);
  const cross = {
    subjectId: subject.row.id,
    signerId: signer.row.id,
    serial: ca.serial,
    certificate: ca.der,
    notBefore: ca.x509.validFromDate.getTime(),
    notAfter: ca.x509.validToDate.getTime(),
  };
  if (!(await insertCrossCertificate(tx, cross))) {
    throw new HierarchyError(`${signer.row.id} has cross-signed ${subject.row.id} before`);
  }
  await recordIn(tx, crossAct(cross), clock);
  await promiseChains(tx, clock.now());
  return { kind: "cross-certificate", id: subject.row.id, by: signer.row.id, fingerprint: ca.x509.fingerprint256 };
}

async function installCrl(tx: Tx, der: Buffer, { clock }: InstallDeps): Promise<Installed> {
  const roots = (await listIssuers(tx)).filter((row) => isTrustedRoot(row) && row.keyState === "away");
  const { id, number, nextUpdate, lists } = readRootCrl(der, roots, clock.now());
  await expectRevoked(tx, id, lists, clock.now());
  if (!(await putOfflineCrl(tx, { issuerId: id, number, crl: der, nextUpdate: nextUpdate.getTime() }))) {
    throw new HierarchyError(`the CRL of ${id} that is published has a number that is not lower than ${number}`);
  }
  await recordIn(tx, caAct("InstallCrl", sealPurpose(id), { number: String(number) }), clock);
  return { kind: "crl", id, number, until: nextUpdate };
}

/** What a root has revoked stays revoked: its next CRL lists all of it that has not ended. */
async function expectRevoked(tx: Tx, id: string, lists: (serial: string) => boolean, now: Date): Promise<void> {
  const revoked = await listRevokedBy(tx, id);
  const missing = revoked.filter(({ serial, notAfter }) => notAfter > now.getTime() && !lists(serial));
  if (missing.length === 0) return;
  throw new HierarchyError(
    `the CRL does not list all that ${id} has revoked: sign it again with ca ceremony crl ${missing.map(revokeFlag).join(" ")}`,
  );
}

/** The URLs must be those under which this installation answers: they cannot be put right afterwards. */
function expectPlace(ca: ReadCa, signerId: string, caUrl: string): void {
  const [wanted, listed] = [certificateUrl(caUrl, signerId), crlUrl(caUrl, signerId)];
  if (ca.caIssuersUrl === wanted && ca.crlUrl === listed) return;
  throw new HierarchyError(
    `it names ${ca.caIssuersUrl ?? "no certificate of its issuer"} and ${ca.crlUrl ?? "no CRL"}, where ${wanted} and ${listed} are right`,
  );
}

function isTrustedRoot({ id, parentId, state }: IssuerRow): boolean {
  return id === parentId && state !== "distrusted";
}

const MOST = 20;
