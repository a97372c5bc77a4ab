import type { Caller } from "#domain/names.ts";
import { issuedArn } from "#domain/private-ca/arns.ts";
import type { ApiPassthrough } from "#domain/private-ca/extensions.ts";
import { checkState } from "#domain/private-ca/status.ts";
import { DEFAULT_TEMPLATE, type Template, templateArn, templateOf } from "#domain/private-ca/templates.ts";
import type { Validity } from "#domain/private-ca/validity.ts";
import { Refusal } from "#domain/refusal.ts";
import { canonicalJson } from "#lib/canonical-json.ts";
import { later, MINUTE } from "#lib/duration.ts";
import { digest } from "#lib/keyed-hash.ts";
import { PemError, parsePem } from "#lib/pem.ts";
import { type CertificateRequest, CsrError, readCsr } from "#lib/x509-csr.ts";
import type { SignatureName } from "#lib/x509-signatures.ts";
import { findIssuedByRequestKey, releaseIssuedRequestKey } from "#store/private-ca-certificates.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { type FoundAuthority, findAuthority } from "./find.ts";
import { prepareIssued } from "./prepare.ts";
import { promiseSignature } from "./sign.ts";

/** What IssueCertificate is asked for. */
export interface IssueRequest {
  readonly authorityArn: string;
  /** PEM. */
  readonly csr: Uint8Array;
  readonly signature: SignatureName;
  readonly templateArn: string | undefined;
  readonly validity: Validity;
  readonly validityNotBefore: Validity | undefined;
  readonly passthrough: ApiPassthrough;
  readonly idempotencyToken: string | undefined;
}

/**
 * Checks what is asked for, writes it down, and promises the signature; answers the certificate's ARN. The same token
 * with the same parameters within five minutes answers the same certificate. Throws the refusals of private CAs.
 */
export async function issueCertificate(
  request: IssueRequest,
  caller: Caller,
  deps: Pick<PrivateCaDeps, "store" | "clock" | "signers">,
): Promise<string> {
  const { store, clock } = deps;
  const template = templateOf(request.templateArn ?? DEFAULT_TEMPLATE);
  const csr = readRequest(request.csr);
  return await store.transaction().execute(async (tx) => {
    const sharing = { action: "IssueCertificate", template: templateArn(template.name) } as const;
    const found = await findAuthority(tx, request.authorityArn, caller, deps, sharing);
    const now = clock.now();
    const requestKey = keyOf(request, found, caller);
    if (requestKey !== null) {
      await releaseIssuedRequestKey(tx, requestKey, later(now, -TOKEN_LIFETIME).getTime());
      const earlier = await findIssuedByRequestKey(tx, requestKey);
      if (earlier !== undefined) return issuedArn(found.arn, earlier);
    }
    checkMayIssue(template, found);
    const asked = { ...request, template, request: csr };
    const by = { requestKey, certificateArn: null, generation: null, requestedBy: null };
    const serial = await prepareIssued(tx, found.ca, asked, by, deps);
    if (serial !== undefined) {
      await promiseSignature(tx, found.ca.id, serial, now);
      return issuedArn(found.arn, serial);
    }
    const other = requestKey === null ? undefined : await findIssuedByRequestKey(tx, requestKey);
    if (other === undefined) throw new Error(`a certificate of ${found.arn} was not recorded`);
    return issuedArn(found.arn, other);
  });
}

/** A root signs itself before its certificate is installed, and again when that has ended. */
export function checkMayIssue(template: Template, { ca, arn, status }: FoundAuthority): void {
  checkState(template.kind === "root" ? "issue-to-itself" : "issue", arn, status);
  if (template.kind === "root" && ca.type !== "ROOT") {
    throw new Refusal(
      "private-ca-args-invalid",
      `${arn} is a subordinate certificate authority: it cannot sign itself.`,
    );
  }
}

/** The one request of a PEM text. Throws `private-ca-csr-malformed`. */
function readRequest(csr: Uint8Array): CertificateRequest {
  try {
    const text = Buffer.from(csr.buffer, csr.byteOffset, csr.length).toString("latin1");
    const [block, ...more] = parsePem(text, 2);
    if (!block || more.length > 0) throw new PemError("there must be exactly one block");
    if (!LABELS.has(block.label)) throw new PemError(`it holds a ${block.label}`);
    return readCsr(block.der);
  } catch (error) {
    if (!(error instanceof PemError || error instanceof CsrError)) throw error;
    throw new Refusal("private-ca-csr-malformed", `The certificate signing request is invalid: ${error.message}.`, {
      cause: error,
    });
  }
}

/** What makes two requests the same: who, of whom, the token, and all that was asked. */
function keyOf(
  { idempotencyToken, csr, ...asked }: IssueRequest,
  { ca }: FoundAuthority,
  caller: Caller,
): string | null {
  if (idempotencyToken === undefined) return null;
  const parameters = canonicalJson({ ...asked, csr: Buffer.from(csr).toString("base64") });
  return digest(caller.account, ca.id, idempotencyToken, parameters).toString("hex");
}

const LABELS: ReadonlySet<string> = new Set(["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]);
/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_IssueCertificate.html: IdempotencyToken. */
const TOKEN_LIFETIME = 5 * MINUTE;
