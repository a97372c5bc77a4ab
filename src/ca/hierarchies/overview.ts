import { X509Certificate } from "node:crypto";
import type { CaDeps } from "#ca/deps.ts";
import { chooseIssuer, KEY_FAMILIES, type KeyFamily } from "#domain/hierarchy/choose-issuer.ts";
import type { IssuerRole, IssuerState } from "#domain/hierarchy/issuer-state.ts";
import { type IssuancePurpose, SHARED_HIERARCHY } from "#domain/hierarchy/names.ts";
import { pem } from "#lib/pem.ts";
import {
  findOfflineCrl,
  listCrossCertificates,
  listHierarchies,
  listIssuerRequests,
  listIssuersOf,
  listTrustedRoots,
} from "#store/hierarchies.ts";
import type { IssuerRow } from "#store/issuers.ts";
import type { KeyState } from "#store/tables/ca.ts";
import { roleOf } from "./change.ts";

/** One CA as an operator sees it. */
export interface IssuerShown {
  readonly id: string;
  readonly role: IssuerRole;
  readonly family: KeyFamily;
  readonly state: IssuerState;
  /** Whether it is the one that signs leafs of its family at this moment. */
  readonly signs: boolean;
  readonly key: KeyState;
  readonly parent: string;
  readonly activeFrom: Date | undefined;
  readonly subject: string;
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string;
  /** Roots that certify this root, too. */
  readonly crossSignedBy: readonly string[];
  /** Of a root whose key is offline: until when its CRL is good. */
  readonly crlUntil: Date | undefined;
  readonly certificate: string;
}

export interface HierarchyShown {
  readonly name: string;
  readonly account: string;
  readonly purpose: IssuancePurpose | "";
  readonly serving: boolean;
  readonly issuers: readonly IssuerShown[];
  /** Intermediates whose certificates are awaited from a ceremony. */
  readonly requests: readonly {
    readonly id: string;
    readonly of: string;
    readonly madeAt: Date;
    readonly csr: string;
  }[];
}

/** Every hierarchy with all its CAs, the shared one first. */
export async function overview({ store, clock }: Pick<CaDeps, "store" | "clock">): Promise<readonly HierarchyShown[]> {
  const shared = { id: SHARED_HIERARCHY, account: "", purpose: "", servingFrom: 0 } as const;
  const waiting = await listIssuerRequests(store);
  const now = clock.now();
  return await Promise.all(
    [shared, ...(await listHierarchies(store))].map(async ({ id, account, purpose, servingFrom }) => {
      const rows = await listIssuersOf(store, id);
      const crosses = await listCrossCertificates(store, id);
      const intermediates = rows.filter((row) => roleOf(row) === "intermediate");
      const signing = KEY_FAMILIES.map((family) => chooseIssuer(intermediates, family, now)?.id);
      const issuers = await Promise.all(
        rows.map(async (row): Promise<IssuerShown> => {
          const crl = row.keyState === "away" ? await findOfflineCrl(store, row.id) : undefined;
          return {
            ...shown(row),
            signs: signing.includes(row.id),
            crossSignedBy: crosses.filter(({ subjectId }) => subjectId === row.id).map(({ signerId }) => signerId),
            crlUntil: crl && new Date(crl.nextUpdate),
          };
        }),
      );
      const requests = waiting.filter(({ hierarchy }) => hierarchy === id);
      return {
        name: id,
        account,
        purpose,
        serving: servingFrom !== null,
        issuers,
        requests: requests.map((one) => ({
          id: one.id,
          of: one.parentId,
          madeAt: new Date(one.madeAt),
          csr: pem("CERTIFICATE REQUEST", one.csr),
        })),
      };
    }),
  );
}

/** Every root that is trusted, of every hierarchy: what `/_sealkeeper/trust` publishes. It says nothing of accounts. */
export async function trustedRoots({ store }: Pick<CaDeps, "store">): Promise<{
  readonly hierarchies: readonly { readonly name: string; readonly roots: readonly TrustedRoot[] }[];
}> {
  const names = [SHARED_HIERARCHY, ...(await listHierarchies(store)).map(({ id }) => id)];
  const hierarchies = await Promise.all(
    names.map(async (name) => ({ name, roots: (await listTrustedRoots(store, name)).map(trusted) })),
  );
  return { hierarchies };
}

export interface TrustedRoot {
  readonly id: string;
  readonly state: IssuerState;
  readonly subject: string;
  readonly notAfter: Date;
  readonly sha256: string;
  readonly certificate: string;
}

function trusted({ id, state, certificate }: Pick<IssuerRow, "id" | "state" | "certificate">): TrustedRoot {
  const x509 = new X509Certificate(certificate);
  return {
    id,
    state,
    subject: x509.subject.split("\n").join(", "),
    notAfter: x509.validToDate,
    sha256: x509.fingerprint256,
    certificate: pem("CERTIFICATE", certificate),
  };
}

function shown(row: IssuerRow): Omit<IssuerShown, "signs" | "crossSignedBy" | "crlUntil"> {
  const x509 = new X509Certificate(row.certificate);
  const { id, family, state, keyState, parentId, serial, activeFrom } = row;
  return {
    id,
    role: roleOf(row),
    family,
    state,
    key: keyState,
    parent: parentId,
    activeFrom: activeFrom === null ? undefined : new Date(activeFrom),
    subject: x509.subject.split("\n").join(", "),
    serial,
    notBefore: x509.validFromDate,
    notAfter: x509.validToDate,
    fingerprint: x509.fingerprint256,
    certificate: pem("CERTIFICATE", row.certificate),
  };
}
