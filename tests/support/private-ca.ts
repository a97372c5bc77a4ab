import { createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import {
  ACMPCAClient,
  type ACMPCAClientConfig,
  CreateCertificateAuthorityCommand,
  type CreateCertificateAuthorityCommandInput,
  GetCertificateAuthorityCertificateCommand,
  GetCertificateAuthorityCsrCommand,
  GetCertificateCommand,
  ImportCertificateAuthorityCertificateCommand,
  IssueCertificateCommand,
  type IssueCertificateCommandInput,
  waitUntilCertificateAuthorityCSRCreated,
  waitUntilCertificateIssued,
} from "@aws-sdk/client-acm-pca";
import { onTestFinished } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { encode, integer, oid, sequence, setOf, tagged, utf8String } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { pem } from "#lib/pem.ts";
import { distinguishedName, signed } from "#lib/x509-certificate.ts";
import { SIGNATURES, type SignatureName } from "#lib/x509-signatures.ts";

/** The SDK's client of one region. */
export function pcaClient({ endpoint, credentials }: Product, region = "eu-west-1"): ACMPCAClient {
  const client = new ACMPCAClient({ region, endpoint, credentials } satisfies ACMPCAClientConfig);
  onTestFinished(() => client.destroy());
  return client;
}

export const template = (name: string): string => `arn:aws:acm-pca:::template/${name}`;
const WAIT = { maxWaitTime: 20, minDelay: 1, maxDelay: 1 };

export interface CaOptions {
  readonly key?: string;
  readonly signing?: string;
  readonly name?: string;
  readonly more?: Partial<CreateCertificateAuthorityCommandInput>;
}

/** Creates a CA and waits for its request. */
export async function createCa(
  client: ACMPCAClient,
  type: "ROOT" | "SUBORDINATE",
  { key = "EC_prime256v1", signing = "SHA256WITHECDSA", name = `Test ${type}`, more = {} }: CaOptions = {},
): Promise<{ readonly arn: string; readonly csr: string }> {
  const made = await client.send(
    new CreateCertificateAuthorityCommand({
      CertificateAuthorityType: type,
      CertificateAuthorityConfiguration: {
        KeyAlgorithm: key as never,
        SigningAlgorithm: signing as never,
        Subject: { Country: "XX", Organization: "Example", CommonName: name },
      },
      ...more,
    }),
  );
  const arn = made.CertificateAuthorityArn!;
  await waitUntilCertificateAuthorityCSRCreated({ client, ...WAIT }, { CertificateAuthorityArn: arn });
  const { Csr } = await client.send(new GetCertificateAuthorityCsrCommand({ CertificateAuthorityArn: arn }));
  return { arn, csr: Csr! };
}

/** Issues and waits. */
export async function issueFrom(
  client: ACMPCAClient,
  ca: string,
  csr: string,
  input: Partial<IssueCertificateCommandInput> = {},
): Promise<{ readonly arn: string; readonly certificate: string; readonly chain: string | undefined }> {
  const { CertificateArn } = await client.send(
    new IssueCertificateCommand({
      CertificateAuthorityArn: ca,
      Csr: Buffer.from(csr),
      SigningAlgorithm: "SHA256WITHECDSA",
      Validity: { Type: "DAYS", Value: 30 },
      ...input,
    }),
  );
  const ids = { CertificateAuthorityArn: ca, CertificateArn };
  await waitUntilCertificateIssued({ client, ...WAIT }, ids);
  const { Certificate, CertificateChain } = await client.send(new GetCertificateCommand(ids));
  return { arn: CertificateArn!, certificate: Certificate!, chain: CertificateChain };
}

/** A root CA that is ACTIVE. */
export async function activeRoot(client: ACMPCAClient, options: CaOptions = {}): Promise<ActiveCa> {
  const { arn, csr } = await createCa(client, "ROOT", options);
  const { certificate } = await issueFrom(client, arn, csr, {
    SigningAlgorithm: (options.signing ?? "SHA256WITHECDSA") as never,
    TemplateArn: template("RootCACertificate/V1"),
    Validity: { Type: "YEARS", Value: 10 },
  });
  await client.send(
    new ImportCertificateAuthorityCertificateCommand({
      CertificateAuthorityArn: arn,
      Certificate: Buffer.from(certificate),
    }),
  );
  return { arn, certificate, chain: undefined };
}

export interface ActiveCa {
  readonly arn: string;
  readonly certificate: string;
  readonly chain: string | undefined;
}

/** A subordinate CA that is ACTIVE, signed by `parent`. */
export async function activeSubordinate(
  client: ACMPCAClient,
  parent: ActiveCa,
  options: CaOptions & { readonly parentSigning?: string; readonly pathLength?: number } = {},
): Promise<ActiveCa> {
  const { arn, csr } = await createCa(client, "SUBORDINATE", options);
  const issued = await issueFrom(client, parent.arn, csr, {
    SigningAlgorithm: (options.parentSigning ?? "SHA256WITHECDSA") as never,
    TemplateArn: template(`SubordinateCACertificate_PathLen${options.pathLength ?? 0}/V1`),
    Validity: { Type: "YEARS", Value: 3 },
  });
  await client.send(
    new ImportCertificateAuthorityCertificateCommand({
      CertificateAuthorityArn: arn,
      Certificate: Buffer.from(issued.certificate),
      CertificateChain: Buffer.from(issued.chain!),
    }),
  );
  const { Certificate, CertificateChain } = await client.send(
    new GetCertificateAuthorityCertificateCommand({ CertificateAuthorityArn: arn }),
  );
  return { arn, certificate: Certificate!, chain: CertificateChain };
}

/** A request with a key of its own, PEM. `extensions` are Extension elements in DER. */
export function csrFor(
  commonName: string,
  { extensions = [], key, signature = "SHA256WITHECDSA" }: CsrOptions = {},
): { readonly csr: string; readonly key: KeyObject } {
  const privateKey = key ?? generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
  const subject = distinguishedName(commonName === "" ? [] : [[OID.commonName, utf8String(commonName)]]);
  const requested = sequence(...extensions);
  const attributes = extensions.length === 0 ? [] : [extensionRequest(requested)];
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const info = encode(sequence(integer(0), subject, spki, tagged(0, ...attributes)));
  const { hash, identifier } = SIGNATURES[signature];
  return { csr: pem("CERTIFICATE REQUEST", signed(info, identifier, sign(hash, info, privateKey))), key: privateKey };
}

export interface CsrOptions {
  readonly extensions?: readonly Buffer[];
  readonly key?: KeyObject;
  readonly signature?: SignatureName;
}

const extensionRequest = (requested: ReturnType<typeof sequence>): Buffer =>
  encode(sequence(oid(OID.extensionRequest), setOf(requested)));

/** Whether a certificate verifies up to a root, signature by signature. */
export function verifiesUp(certificate: string, above: readonly string[]): boolean {
  const path = [certificate, ...above].map((text) => new X509Certificate(text));
  return path.every((one, index) => one.verify((path[index + 1] ?? one).publicKey));
}
