import type {
  CsrExtensions,
  ExtendedKeyUsage,
  ExtendedKeyUsageType,
  Extensions,
  KeyUsage,
} from "#domain/private-ca/extensions.ts";
import type { KeyUsageName } from "#domain/private-ca/templates.ts";
import { Refusal } from "#domain/refusal.ts";
import { type Der, encode, ia5String, namedBits, oid, sequence, TRUE } from "#lib/der.ts";
import { checkDer, DerError } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { anyExtension, KEY_USAGE } from "#lib/x509-extensions.ts";
import { NAME_TAGS, readGeneralNames } from "#lib/x509-general-names.ts";
import {
  checkCertificatePolicies,
  checkExtendedKeyUsage,
  checkKeyUsage,
  checkNameConstraints,
} from "./extension-forms.ts";
import { generalName, sequenceOfNames } from "./general-name.ts";
import { oidOf, readSubject } from "./subject-name.ts";

/** An extension that somebody wants in a certificate. */
export interface WantedExtension {
  readonly id: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

/**
 * The extensions of an ApiPassthrough, each once. Throws `private-ca-args-invalid` for what no certificate can say and for
 * an extension that is given twice.
 */
export function apiExtensions(extensions: Extensions): WantedExtension[] {
  const { CertificatePolicies: policies, ExtendedKeyUsage: purposes, SubjectAlternativeNames: names } = extensions;
  const usage = extensions.KeyUsage && keyUsageOf(extensions.KeyUsage);
  const all = [
    ...(usage ? [wanted(OID.keyUsage, true, usage)] : []),
    ...(purposes ? [wanted(OID.extKeyUsage, false, sequence(...purposes.map((one) => oid(purposeOf(one)))))] : []),
    ...(names ? [wanted(OID.subjectAltName, false, sequenceOfNames(names, "SubjectAlternativeNames"))] : []),
    ...(policies ? [wanted(OID.certificatePolicies, false, certificatePolicies(policies))] : []),
    ...(extensions.CustomExtensions ?? []).map(({ ObjectIdentifier, Value, Critical = false }) => {
      const value = Buffer.from(Value, "base64");
      return { id: oidOf(ObjectIdentifier), critical: Critical, value };
    }),
  ];
  checkExtensions(all, (reason) => new Refusal("private-ca-args-invalid", `ApiPassthrough: ${reason}.`));
  return all;
}

/** Checks that each extension is there once and holds DER, and those that we look into what they should. */
export function checkExtensions(all: readonly WantedExtension[], refusal: (reason: string) => Refusal): void {
  const twice = all.find(({ id }, index) => all.findIndex((other) => other.id === id) !== index);
  if (twice) throw refusal(`the extension ${twice.id} is given twice`);
  for (const { id, value } of all) {
    try {
      checkDer(value);
      CHECKS[id]?.(value);
    } catch {
      throw refusal(`the value of the extension ${id} is malformed`);
    }
  }
}

/** The extensions that a CA's own request asks for: that it be a CA, and what else it was told. */
export function ownExtensions({ KeyUsage: usage, SubjectInformationAccess: places }: CsrExtensions): Der[] {
  const bits = usage && keyUsageOf(usage);
  return [
    anyExtension(OID.basicConstraints, false, sequence(TRUE)),
    ...(bits ? [anyExtension(OID.keyUsage, true, bits)] : []),
    ...(places ? [anyExtension(OID.subjectInfoAccess, false, sequence(...places.map(accessDescription)))] : []),
  ];
}

function accessDescription({
  AccessMethod: method,
  AccessLocation,
}: NonNullable<CsrExtensions["SubjectInformationAccess"]>[number]): Der {
  const { CustomObjectIdentifier: custom, AccessMethodType: type } = method;
  if ((custom === undefined) === (type === undefined)) {
    throw new Refusal(
      "private-ca-args-invalid",
      "AccessMethod must have either CustomObjectIdentifier or AccessMethodType.",
    );
  }
  const id = type === undefined ? oidOf(custom ?? "") : ACCESS_METHODS[type];
  return sequence(oid(id), generalName(AccessLocation, "SubjectInformationAccess"));
}

function keyUsageOf(usage: KeyUsage): Der | undefined {
  const bits = KEY_USAGES.filter(([member]) => usage[member]).map(([, name]) => KEY_USAGE[name]);
  return bits.length === 0 ? undefined : namedBits(bits);
}

function purposeOf({ ExtendedKeyUsageType: type, ExtendedKeyUsageObjectIdentifier: id }: ExtendedKeyUsage): string {
  if ((type === undefined) === (id === undefined)) {
    throw new Refusal(
      "private-ca-args-invalid",
      "ExtendedKeyUsage must have either ExtendedKeyUsageType or ExtendedKeyUsageObjectIdentifier.",
    );
  }
  return type === undefined ? oidOf(id ?? "") : PURPOSES[type];
}

function certificatePolicies(policies: NonNullable<Extensions["CertificatePolicies"]>): Der {
  return sequence(
    ...policies.map(({ CertPolicyId, PolicyQualifiers = [] }) => {
      const qualifiers = PolicyQualifiers.map(({ Qualifier: { CpsUri } }) => {
        if (!/^[\x21-\x7e]*$/.test(CpsUri)) {
          throw new Refusal("private-ca-args-invalid", "A CpsUri must be of printable ASCII characters.");
        }
        return sequence(oid(OID.policyCps), ia5String(CpsUri));
      });
      return sequence(oid(oidOf(CertPolicyId)), ...(qualifiers.length > 0 ? [sequence(...qualifiers)] : []));
    }),
  );
}

/** Throws for names that one program reads otherwise than another: up to a NUL, or as the line behind a break. */
function checkNames(value: Buffer): void {
  for (const { tag, content } of readGeneralNames(value)) {
    if (!(FORMS[tag]?.(content) ?? true)) throw new DerError(`a GeneralName of tag ${tag} is malformed`);
  }
}

function wanted(id: string, critical: boolean, value: Der): WantedExtension {
  return { id, critical, value: encode(value) };
}

const matching = (form: RegExp) => (content: Buffer) => form.test(content.toString("latin1"));

/** The forms of RFC 5280 section 4.2.1.6, as wide as general-name.ts has them. */
const FORMS: Readonly<Record<number, (content: Buffer) => boolean>> = {
  [NAME_TAGS.email]: matching(/^[\x20-\x7e]+$/),
  [NAME_TAGS.dns]: matching(/^[\x21-\x7e]{1,253}$/),
  [NAME_TAGS.uri]: matching(/^[\x21-\x7e]+$/),
  [NAME_TAGS.address]: ({ length }) => length === 4 || length === 16,
  [NAME_TAGS.directory]: (content) => !readSubject(content).isEmpty,
};

const CHECKS: Readonly<Record<string, (value: Buffer) => unknown>> = {
  [OID.subjectAltName]: checkNames,
  [OID.nameConstraints]: checkNameConstraints,
  [OID.keyUsage]: checkKeyUsage,
  [OID.extKeyUsage]: checkExtendedKeyUsage,
  [OID.certificatePolicies]: checkCertificatePolicies,
};

const KEY_USAGES: readonly (readonly [member: keyof KeyUsage, name: KeyUsageName])[] = [
  ["DigitalSignature", "digitalSignature"],
  ["NonRepudiation", "nonRepudiation"],
  ["KeyEncipherment", "keyEncipherment"],
  ["DataEncipherment", "dataEncipherment"],
  ["KeyAgreement", "keyAgreement"],
  ["KeyCertSign", "keyCertSign"],
  ["CRLSign", "cRLSign"],
  ["EncipherOnly", "encipherOnly"],
  ["DecipherOnly", "decipherOnly"],
];

const PURPOSES: Readonly<Record<ExtendedKeyUsageType, string>> = {
  SERVER_AUTH: OID.serverAuth,
  CLIENT_AUTH: OID.clientAuth,
  CODE_SIGNING: OID.codeSigning,
  EMAIL_PROTECTION: OID.emailProtection,
  TIME_STAMPING: OID.timeStamping,
  OCSP_SIGNING: OID.ocspSigning,
  SMART_CARD_LOGIN: "1.3.6.1.4.1.311.20.2.2",
  DOCUMENT_SIGNING: "1.3.6.1.4.1.311.10.3.12",
  CERTIFICATE_TRANSPARENCY: "1.3.6.1.4.1.11129.2.4.4",
};

/** RFC 5280 section 4.2.2.2, RFC 6487 section 4.8.8, RFC 8182 section 3.2. */
const ACCESS_METHODS: Readonly<Record<"CA_REPOSITORY" | "RESOURCE_PKI_MANIFEST" | "RESOURCE_PKI_NOTIFY", string>> = {
  CA_REPOSITORY: "1.3.6.1.5.5.7.48.5",
  RESOURCE_PKI_MANIFEST: "1.3.6.1.5.5.7.48.10",
  RESOURCE_PKI_NOTIFY: "1.3.6.1.5.5.7.48.13",
};
