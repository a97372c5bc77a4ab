import { X509Certificate } from "node:crypto";
import { gateway } from "#aws/gateway.ts";
import { mount } from "#aws/service.ts";
import { privateCaPages } from "#ca/private/pages.ts";
import type { Caller } from "#domain/names.ts";
import { randomIds } from "#lib/ids.ts";
import { acmPca } from "#services/acm-pca/index.ts";
import type { Store } from "#store/store.ts";
import { type Answered, type CertificateWorld, certificateWorld } from "./certificate-world.ts";
import { csrFor, template } from "./private-ca.ts";

type Who = Partial<Pick<Caller, "account" | "region">>;

/** Private CAs beside ACM's certificates, on a clock that stands still. */
export interface PrivateCaWorld extends CertificateWorld {
  /** Calls an operation of AWS Private CA as a client does, through the gateway. */
  pca(operation: string, input: object, owner?: Who): Promise<Answered>;
  /** The same; throws when it answers an error. */
  done(operation: string, input: object, owner?: Who): Promise<Answered["body"]>;
  /** Creates a CA and answers its ARN; its key is made. */
  create(type: "ROOT" | "SUBORDINATE", more?: object): Promise<string>;
  /** A root that signed itself; `more` is for CreateCertificateAuthority. */
  root(more?: object, issue?: object): Promise<string>;
  /** A subordinate CA that `parent` signed; `issue` is for IssueCertificate. */
  subordinate(parent: string, more?: object, issue?: object): Promise<string>;
  /** Issues for `csr`, works, and answers what GetCertificate does, and the ARN. */
  issue(ca: string, input?: object): Promise<Issued>;
  page(path: string): Promise<Buffer | undefined>;
}

export interface Issued {
  readonly arn: string;
  readonly pem: string;
  readonly chain: string | undefined;
  readonly x509: X509Certificate;
}

export async function privateCaWorld(store: Store): Promise<PrivateCaWorld> {
  const base = await certificateWorld(store);
  const pages = privateCaPages(base.deps);
  const world: PrivateCaWorld = {
    ...base,
    async pca(operation, input, owner) {
      const answer = gateway([mount(acmPca, base.deps)], {
        authenticate: () => Promise.resolve(base.caller(owner)),
        ids: randomIds,
        audit: { record: () => Promise.resolve(), note: () => {} },
        log: ({ bug }) => {
          if (bug !== undefined) throw bug;
        },
      });
      const body = Buffer.from(JSON.stringify(input));
      const authorization =
        "AWS4-HMAC-SHA256 Credential=AKIATEST/20261122/eu-west-1/acm-pca/aws4_request, SignedHeaders=host, Signature=00";
      const headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `ACMPrivateCA.${operation}`,
        authorization,
      };
      const query = new URLSearchParams();
      const call = { method: "POST", path: "/", query, headers, body, signedBody: body, remoteAddress: "127.0.0.1" };
      const reply = await answer(call);
      const parsed = JSON.parse(String(reply.body ?? "") || "{}");
      return { status: reply.status, error: parsed.__type, body: parsed };
    },
    async done(operation, input, owner) {
      const { error, body } = await world.pca(operation, input, owner);
      if (error !== undefined) throw new Error(`${error}: ${body.message ?? body.Message}`);
      return body;
    },
    async create(type, more = {}) {
      const { CertificateAuthorityArn } = await world.done("CreateCertificateAuthority", {
        ...authority(type),
        ...more,
      });
      await world.work();
      return CertificateAuthorityArn;
    },
    async root(more, issue = {}) {
      const arn = await world.create("ROOT", more);
      const { Csr } = await world.done("GetCertificateAuthorityCsr", { CertificateAuthorityArn: arn });
      const own = await world.issue(arn, {
        Csr: base64(Csr),
        TemplateArn: template("RootCACertificate/V1"),
        Validity: { Type: "YEARS", Value: 10 },
        ...issue,
      });
      await world.done("ImportCertificateAuthorityCertificate", {
        CertificateAuthorityArn: arn,
        Certificate: base64(own.pem),
      });
      return arn;
    },
    async subordinate(parent, more, issue = {}) {
      const arn = await world.create("SUBORDINATE", more);
      const { Csr } = await world.done("GetCertificateAuthorityCsr", { CertificateAuthorityArn: arn });
      const own = await world.issue(parent, {
        Csr: base64(Csr),
        TemplateArn: template("SubordinateCACertificate_PathLen0/V1"),
        Validity: { Type: "YEARS", Value: 5 },
        ...issue,
      });
      await world.done("ImportCertificateAuthorityCertificate", {
        CertificateAuthorityArn: arn,
        Certificate: base64(own.pem),
        CertificateChain: base64(own.chain ?? ""),
      });
      return arn;
    },
    async issue(ca, input = {}) {
      const { CertificateArn } = await world.done("IssueCertificate", { ...issuing(ca), ...input });
      await world.work();
      const ids = { CertificateAuthorityArn: ca, CertificateArn };
      const { Certificate, CertificateChain } = await world.done("GetCertificate", ids);
      return { arn: CertificateArn, pem: Certificate, chain: CertificateChain, x509: new X509Certificate(Certificate) };
    },
    page: async (path) => (await pages("GET", path))?.body,
  };
  return world;
}

/** What CreateCertificateAuthority is given. */
export function authority(type: "ROOT" | "SUBORDINATE"): Record<string, unknown> {
  return {
    CertificateAuthorityType: type,
    CertificateAuthorityConfiguration: {
      KeyAlgorithm: "EC_prime256v1",
      SigningAlgorithm: "SHA256WITHECDSA",
      Subject: { Country: "XX", Organization: "Example", CommonName: `${type} CA` },
    },
  };
}

/** What IssueCertificate is given. */
export function issuing(ca: string): Record<string, unknown> {
  return {
    CertificateAuthorityArn: ca,
    Csr: base64(csrFor("device.example").csr),
    SigningAlgorithm: "SHA256WITHECDSA",
    Validity: { Type: "DAYS", Value: 30 },
  };
}

export function base64(text: string | Uint8Array): string {
  return Buffer.from(text).toString("base64");
}
