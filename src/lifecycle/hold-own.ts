import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { usersOf } from "#store/certificate-associations.ts";
import { type CertificateState, holdCertificate } from "#store/certificates.ts";
import type { Tx } from "#store/store.ts";
import { certificateNotFound, readCertificateArn } from "./find.ts";

/**
 * Holds a certificate for its owner's change until the transaction ends. Throws `certificate-arn-invalid` and
 * `certificate-not-found`.
 */
export async function holdOwn(tx: Tx, arnText: string, owner: Owner): Promise<CertificateState> {
  const arn = readCertificateArn(arnText);
  const certificate = await holdCertificate(tx, arn);
  if (certificate?.account === owner.account && certificate.region === owner.region) return certificate;
  throw certificateNotFound(arn, owner);
}

/** Throws `certificate-in-use` with those who use it. Hold the certificate first. */
export async function refuseInUse(tx: Tx, { arn, account }: CertificateState): Promise<void> {
  const users = await usersOf(tx, arn);
  if (users.length === 0) return;
  throw new Refusal(
    "certificate-in-use",
    `Certificate ${arn} in account ${account} is in use. It is used by: ${users.join(", ")}.`,
  );
}
