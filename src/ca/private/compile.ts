import type { ApiPassthrough } from "#domain/private-ca/extensions.ts";
import type { Template } from "#domain/private-ca/templates.ts";
import { Refusal } from "#domain/refusal.ts";
import {
  type Der,
  encode,
  integer,
  namedBits,
  octetString,
  oid,
  sequence,
  TRUE,
  tagged,
  taggedAscii,
  taggedBytes,
} from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { keyIdentifier } from "#lib/x509-certificate.ts";
import type { CertificateRequest } from "#lib/x509-csr.ts";
import { anyExtension, KEY_USAGE } from "#lib/x509-extensions.ts";
import { type RawGeneralName, readGeneralNames } from "#lib/x509-general-names.ts";
import { apiExtensions, checkExtensions, type WantedExtension } from "./requested-extensions.ts";
import { readSubject, type SubjectName, subjectDer, wellFormed } from "./subject-name.ts";

/** What a certificate is made from. */
export interface Ingredients {
  readonly template: Template;
  readonly request: CertificateRequest;
  readonly passthrough: ApiPassthrough;
  /** The subject key identifier of the CA that signs. */
  readonly issuerKeyId: Buffer;
  /** Where the CA publishes revocation; undefined where it does not. */
  readonly crlUrl: string | undefined;
  readonly ocspUrl: string | undefined;
}

/** What differs between two certificates of a CA, beside serial number and validity. */
export interface Compiled {
  readonly subject: SubjectName;
  /** The subjectAltName; empty when there is none. */
  readonly names: readonly RawGeneralName[];
  readonly extensions: readonly Der[];
}

/**
 * Subject and extensions of a certificate. Each extension comes from the first that has it: the template, the CA's
 * configuration, ApiPassthrough, the CSR; a template heeds the latter two only where it passes them on, but for subject and
 * alternative names, which every template takes from the CSR.
 * https://docs.aws.amazon.com/privateca/latest/userguide/template-order-of-operations.html
 */
export function compile(ingredients: Ingredients): Compiled {
  const { template, request, passthrough } = ingredients;
  const api = template.fromApi ? passthrough : {};
  const subject = subjectOf(request, api);
  const chosen = new Map<string, WantedExtension>();
  const take = (all: readonly WantedExtension[]): void => {
    for (const one of all) if (!chosen.has(one.id)) chosen.set(one.id, one);
  };
  take(templateExtensions(ingredients));
  take(configuredExtensions(ingredients));
  take(api.Extensions ? apiExtensions(api.Extensions) : []);
  take(csrExtensions(request, template));

  const wantedNames = chosen.get(OID.subjectAltName);
  // RFC 5280 section 4.2.1.6: the names are critical where the subject is empty.
  if (wantedNames)
    chosen.set(OID.subjectAltName, { ...wantedNames, critical: wantedNames.critical || subject.isEmpty });
  checkIdentity(template, subject, wantedNames);
  if (template.kind === "end-entity" && chosen.has(OID.nameConstraints)) {
    throw new Refusal("private-ca-args-invalid", "Only the certificate of a CA can have name constraints.");
  }
  return {
    subject,
    names: wantedNames ? readGeneralNames(wantedNames.value) : [],
    extensions: [...chosen.values()].map(({ id, critical, value }) => anyExtension(id, critical, value)),
  };
}

function subjectOf(request: CertificateRequest, { Subject }: ApiPassthrough): SubjectName {
  try {
    const subject = readSubject(Subject ? subjectDer(Subject) : request.subject);
    for (const text of subject.values()) wellFormed(text);
    return subject;
  } catch (error) {
    if (Subject && error instanceof Refusal) throw error;
    throw malformed("its subject is malformed, or holds what is no character");
  }
}

/** What the template says, which nothing else can change. */
function templateExtensions({ template, request, issuerKeyId }: Ingredients): WantedExtension[] {
  const { kind, pathLength, criticalConstraints, keyUsages, purposes } = template;
  const length = pathLength === undefined ? [] : [integer(pathLength)];
  const constraints = kind === "end-entity" ? sequence() : sequence(TRUE, ...length);
  return [
    { id: OID.basicConstraints, critical: criticalConstraints, value: encode(constraints) },
    { id: OID.authorityKeyIdentifier, critical: false, value: encode(sequence(taggedBytes(0, issuerKeyId))) },
    {
      id: OID.subjectKeyIdentifier,
      critical: false,
      value: encode(octetString(keyIdentifier(request.subjectPublicKeyInfo))),
    },
    ...(keyUsages
      ? [
          {
            id: OID.keyUsage,
            critical: true,
            value: encode(namedBits(usable(keyUsages, request).map((name) => KEY_USAGE[name]))),
          },
        ]
      : []),
    ...(purposes
      ? [
          {
            id: OID.extKeyUsage,
            critical: purposes.critical,
            value: encode(sequence(...purposes.names.map((name) => oid(OID[name])))),
          },
        ]
      : []),
  ];
}

/** A key that can only sign must not say that it enciphers (RFC 8410 section 5, RFC 9881 section 5). */
function usable(keyUsages: NonNullable<Template["keyUsages"]>, { publicKey }: CertificateRequest): typeof keyUsages {
  const type = publicKey.asymmetricKeyType ?? "";
  return type === "rsa" || type === "ec" ? keyUsages : keyUsages.filter((name) => name !== "keyEncipherment");
}

/** A root says nothing of revocation: it cannot be revoked. */
function configuredExtensions({ template, crlUrl, ocspUrl }: Ingredients): WantedExtension[] {
  if (template.kind === "root") return [];
  const point = (url: string): Der => sequence(sequence(tagged(0, tagged(0, taggedAscii(6, url)))));
  return [
    ...(crlUrl === undefined ? [] : [{ id: OID.cRLDistributionPoints, critical: false, value: encode(point(crlUrl)) }]),
    ...(ocspUrl === undefined
      ? []
      : [
          {
            id: OID.authorityInfoAccess,
            critical: false,
            value: encode(sequence(sequence(oid(OID.ocsp), taggedAscii(6, ocspUrl)))),
          },
        ]),
  ];
}

function csrExtensions({ extensions }: CertificateRequest, { fromCsr }: Template): readonly WantedExtension[] {
  const heeded = fromCsr ? extensions : extensions.filter(({ id }) => id === OID.subjectAltName);
  checkExtensions(heeded, malformed);
  return heeded;
}

/** A CSR must name somebody, and a CA must have a name of its own (RFC 5280 section 4.1.2.6). */
function checkIdentity({ kind }: Template, subject: SubjectName, names: WantedExtension | undefined): void {
  if (!subject.isEmpty) return;
  if (kind !== "end-entity") throw malformed("a CA must have a subject");
  if (!names) throw malformed("it must provide a subject name or a subject alternative name");
}

function malformed(reason: string): Refusal {
  return new Refusal("private-ca-csr-malformed", `The certificate signing request is invalid: ${reason}.`);
}
