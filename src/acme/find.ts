import {
  type AcmeArn,
  type AcmeBindingArn,
  type AcmeDomainValidationArn,
  type AcmeEndpointArn,
  type AcmeResourceKind,
  parseAcmeArn,
} from "#domain/acme/arns.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { type AcmeEndpoint, findAcmeEndpoint, holdAcmeEndpoint } from "#store/acme-endpoints.ts";
import type { Db, Tx } from "#store/store.ts";

interface ArnOf {
  readonly "acme-endpoint": AcmeEndpointArn;
  readonly "acme-domain-validation": AcmeDomainValidationArn;
  readonly "acme-external-account-binding": AcmeBindingArn;
}

/** An ARN of one kind, and the endpoint it belongs to. */
export interface OwnArn<Kind extends AcmeResourceKind> {
  readonly arn: ArnOf[Kind];
  readonly endpointArn: AcmeEndpointArn;
}

/** Reads the ARN of one of the caller's own. Throws `acme-not-found` where it names one of another account or region. */
export function readOwnArn<Kind extends AcmeResourceKind>(text: string, kind: Kind, caller: Owner): OwnArn<Kind> {
  const parsed = parseAcmeArn(text);
  if (parsed?.kind !== kind) throw new Refusal("acme-input-invalid", `${text} is not the ARN of an ${SHOWN[kind]}.`);
  checkOwn(text, parsed, caller);
  return { arn: text as ArnOf[Kind], endpointArn: parsed.endpoint };
}

/** The same for any of the three kinds. */
export function readAnyOwnArn(text: string, caller: Owner): AcmeArn {
  const parsed = parseAcmeArn(text);
  if (!parsed) {
    throw new Refusal(
      "acme-input-invalid",
      `${text} is not the ARN of an ACME endpoint, domain validation or external account binding. Certificates are tagged by AddTagsToCertificate.`,
    );
  }
  checkOwn(text, parsed, caller);
  return parsed;
}

export function acmeNotFound(kind: AcmeResourceKind, arn: string, caller: Owner, hint = ""): Refusal {
  return new Refusal(
    "acme-not-found",
    `Could not find ${SHOWN[kind]} ${arn} in account ${caller.account} and region ${caller.region}.${hint}`,
  );
}

/** The caller's endpoint. Throws `acme-not-found`. */
export async function ownEndpoint(db: Db, text: string, caller: Owner): Promise<AcmeEndpoint> {
  const { arn } = readOwnArn(text, "acme-endpoint", caller);
  const endpoint = await findAcmeEndpoint(db, arn);
  if (!endpoint) throw acmeNotFound("acme-endpoint", arn, caller);
  return endpoint;
}

/** The caller's endpoint, held. Throws `acme-not-found`, and `acme-conflict` when it is not ACTIVE. */
export async function holdActiveEndpoint(tx: Tx, arn: AcmeEndpointArn, caller: Owner): Promise<AcmeEndpoint> {
  const endpoint = await holdAcmeEndpoint(tx, arn);
  if (!endpoint) throw acmeNotFound("acme-endpoint", arn, caller);
  if (endpoint.status !== "ACTIVE") {
    const hint = endpoint.status === "CREATING" ? " Wait until it is ACTIVE." : "";
    throw new Refusal("acme-conflict", `The ACME endpoint ${arn} is ${endpoint.status}.${hint}`);
  }
  return endpoint;
}

function checkOwn(text: string, { account, region, kind }: AcmeArn, caller: Owner): void {
  if (account !== caller.account) throw acmeNotFound(kind, text, caller, ` It is one of account ${account}.`);
  if (region !== caller.region) throw acmeNotFound(kind, text, caller, ` It is one of region ${region}.`);
}

const SHOWN: Readonly<Record<AcmeResourceKind, string>> = {
  "acme-endpoint": "ACME endpoint",
  "acme-domain-validation": "ACME domain validation",
  "acme-external-account-binding": "ACME external account binding",
};
