import { generateKeyPairSync } from "node:crypto";
import type { CaDeps } from "#ca/deps.ts";
import { freshSerial } from "#ca/serials.ts";
import type { ServerCertificate } from "#ca/server-certificate.ts";
import { signAndCheck } from "#ca/signers.ts";
import { CONTROL_NAME, edgeHostName } from "#domain/fleet/names.ts";
import { DAY, later, MINUTE, type Millis } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { pem, privatePem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { commonNameOnly, keyIdentifier, serialHex, signed, tbsCertificate } from "#lib/x509-certificate.ts";
import {
  authorityKeyIdentifier,
  extendedKeyUsage,
  keyUsage,
  leafConstraints,
  subjectAltName,
  subjectKeyIdentifier,
} from "#lib/x509-extensions.ts";
import type { FleetAuthority } from "./authority.ts";

/** By what an edge proves itself in TLS. */
export interface EdgeCertificateOfFleet {
  /** PEM. */
  readonly certificate: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly notAfter: Date;
}

/** The certificate of an edge for a key that is its own. */
export function signEdgeIdentity(
  { edge, subjectPublicKeyInfo }: { readonly edge: string; readonly subjectPublicKeyInfo: Uint8Array },
  authority: FleetAuthority,
  now: Date,
): EdgeCertificateOfFleet {
  const name = edgeHostName(edge);
  const period = { notBefore: later(now, -CLOCKS_DIFFER), notAfter: later(now, EDGE_LIFETIME) };
  return sign({ name, subjectPublicKeyInfo, purpose: OID.clientAuth, ...period }, authority);
}

/** A key and certificate by which a control plane proves itself to edges on other machines. Take it with `using`. */
export function issueControlIdentity(authority: FleetAuthority, { clock }: Pick<CaDeps, "clock">): ServerCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const now = clock.now();
  const { certificate, notAfter } = sign(
    {
      name: CONTROL_NAME,
      subjectPublicKeyInfo: publicKey.export({ type: "spki", format: "der" }),
      purpose: OID.serverAuth,
      notBefore: later(now, -CLOCKS_DIFFER),
      notAfter: later(now, CONTROL_LIFETIME),
    },
    authority,
  );
  using pkcs8 = new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" }));
  const key = new PlaintextKey(privatePem("PRIVATE KEY", pkcs8.bytes));
  return {
    privateKey: key,
    chain: certificate + authority.certificate,
    notAfter,
    [Symbol.dispose]: () => key[Symbol.dispose](),
  };
}

interface Identity {
  readonly name: string;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly purpose: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

function sign(identity: Identity, authority: FleetAuthority): EdgeCertificateOfFleet {
  const { name, subjectPublicKeyInfo, purpose, notBefore, notAfter } = identity;
  const serial = freshSerial();
  const { identifier } = authority.algorithm;
  const tbs = tbsCertificate({
    serial,
    algorithm: identifier,
    issuer: authority.name,
    notBefore,
    notAfter,
    // RFC 5280 appendix A.1 bounds a common name at 64; the name that counts is the alternative one.
    subject: commonNameOnly(name.slice(0, 64)),
    subjectPublicKeyInfo,
    extensions: [
      leafConstraints(),
      keyUsage("digitalSignature"),
      extendedKeyUsage(purpose),
      subjectAltName([name], false),
      subjectKeyIdentifier(keyIdentifier(subjectPublicKeyInfo)),
      authorityKeyIdentifier(authority.keyId),
    ],
  });
  const der = signed(tbs, identifier, signAndCheck(authority, tbs));
  return { certificate: pem("CERTIFICATE", der), serial: serialHex(serial), notAfter };
}

/** An edge renews when half of it is over; whether it may take part is asked at every call. */
export const EDGE_LIFETIME: Millis = 7 * DAY;
const CONTROL_LIFETIME: Millis = 30 * DAY;
const CLOCKS_DIFFER: Millis = 5 * MINUTE;
