import { hash } from "node:crypto";
import {
  bitString,
  type Der,
  encode,
  enumerated,
  generalizedTime,
  octetString,
  oid,
  sequence,
  tagged,
  taggedBytes,
} from "#lib/der.ts";
import { HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { publicKeyBits, readCertificate } from "#lib/x509-certificate.ts";
import { extension } from "#lib/x509-extensions.ts";
import { listIssuers } from "#store/issuers.ts";
import { findCertificateStatus } from "#store/revocations.ts";
import type { Db } from "#store/store.ts";
import type { CaDeps } from "./deps.ts";
import type { CertificateStatus, OcspAuthority } from "./ocsp-authority.ts";
import { type CertificateQuestion, type OcspQuestion, readOcspRequest } from "./ocsp-request.ts";
import { privateOcspAuthority } from "./private/ocsp-authority.ts";
import { type Responder, responderOf } from "./responder.ts";
import { KeyIsAway, type Signers, signAs } from "./signers.ts";

/** A DER OCSPResponse. */
export interface OcspAnswer {
  readonly der: Buffer;
  /** What caches may know of it; undefined when it is an error, or an answer to one client's nonce. */
  readonly cacheable: Cacheable | undefined;
}

export interface Cacheable {
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/**
 * Answers an OCSP request (RFC 6960, RFC 5019): `good` and `revoked` for what the issuer signed, `unknown` for serial
 * numbers it never signed, the unsigned error `unauthorized` when the issuer is none of ours or there are several of
 * them. An answer without a nonce is signed once and kept for half of its life; what the database says is asked every
 * time, so that a revocation shows at once on every node. Never throws for what a client sends.
 */
export async function answerOcsp(
  request: Buffer,
  deps: Pick<CaDeps, "store" | "clock" | "signers">,
): Promise<OcspAnswer> {
  const { clock, signers } = deps;
  const question = readOcspRequest(request);
  if (!question) return failure(MALFORMED_REQUEST);
  const authority = await askedAuthority(question.certificates, deps);
  if (!authority) return failure(UNAUTHORIZED);

  const now = clock.now();
  const statuses = await Promise.all(question.certificates.map(({ serial }) => authority.statusOf(serial)));
  const [status] = statuses;
  const mayKeep = question.nonce === undefined && statuses.length === 1 && status?.issued === true;
  const kept = mayKeep ? signers.ocspAnswers.find(authority.id, question, status, now) : undefined;
  if (kept) return kept;

  const thisUpdate = new Date(Math.floor(now.getTime() / SECOND) * SECOND);
  const nextUpdate = later(thisUpdate, ANSWER_LIFE);
  const times: Der = (writer) => {
    writer.put(tagged(0, generalizedTime(nextUpdate)));
    writer.put(generalizedTime(thisUpdate));
  };
  const answers = question.certificates.map(({ certId }, index) =>
    sequence(certId, asDer(statuses[index] ?? NEVER_ISSUED), times),
  );
  const responder = await authority.responder().catch(unlessAway);
  if (!responder) return failure(UNAUTHORIZED);
  const der = signedResponse(answers, question, thisUpdate, responder);
  const answer = { der, cacheable: question.nonce ? undefined : { thisUpdate, nextUpdate } };
  if (mayKeep) signers.ocspAnswers.keep(authority.id, question, status, answer);
  return answer;
}

/** A root whose key is offline answers no OCSP: what it signed names its CRL. */
function unlessAway(error: unknown): undefined {
  if (!(error instanceof KeyIsAway)) throw error;
}

/** The one CA of ours that every question names; undefined when there is none, or more than one. */
async function askedAuthority(
  questions: readonly CertificateQuestion[],
  deps: Pick<CaDeps, "store" | "clock" | "signers">,
): Promise<OcspAuthority | undefined> {
  const [only, ...more] = new Map(questions.map((question) => [question.issuer, question])).values();
  if (!only) return undefined;
  if (more.length === 0) return await namedAuthority(only, deps);
  const asked = await Promise.all([only, ...more].map((question) => namedAuthority(question, deps)));
  return asked.every((one) => one?.id === asked[0]?.id) ? asked[0] : undefined;
}

/** Who has a name and a key of these hashes: one of the built-in hierarchy, or a private CA that answers OCSP. */
async function namedAuthority(
  question: CertificateQuestion,
  deps: Pick<CaDeps, "store" | "clock" | "signers">,
): Promise<OcspAuthority | undefined> {
  const { store, signers } = deps;
  const id = signers.issuersByHashes.get(question.issuer);
  if (id === undefined) {
    const hashes = hashesIn(question);
    const shared = hashes === undefined ? undefined : await privateOcspAuthority(hashes, deps);
    if (shared) return shared;
  }
  const issuerId = id ?? (await namedIssuer(question, store, signers));
  if (issuerId === undefined) return undefined;
  return {
    id: issuerId,
    responder: async () => await responderOf(await signers.issuer(store, issuerId), deps),
    statusOf: (serial) => findCertificateStatus(store, issuerId, serial),
  };
}

/** `<hash> <hash of the name> <hash of the key>`; undefined for a hash that we do not know. */
function hashesIn({ hash: algorithm, issuerNameHash, issuerKeyHash }: CertificateQuestion): string | undefined {
  return algorithm && `${algorithm} ${issuerNameHash.toString("hex")} ${issuerKeyHash.toString("hex")}`;
}

/** What was found once is remembered: the hierarchy does not change. */
async function namedIssuer(
  { hash: algorithm, issuer, issuerNameHash, issuerKeyHash }: CertificateQuestion,
  db: Db,
  signers: Signers,
): Promise<string | undefined> {
  if (algorithm === undefined) return undefined;
  const found = (await listIssuers(db)).find(({ certificate }) => {
    const { subject, subjectPublicKeyInfo } = readCertificate(certificate);
    return (
      hash(algorithm, subject, "buffer").equals(issuerNameHash) &&
      hash(algorithm, publicKeyBits(subjectPublicKeyInfo), "buffer").equals(issuerKeyHash)
    );
  });
  if (found) signers.issuersByHashes.set(issuer, found.id);
  return found?.id;
}

function asDer({ issued, revocation }: CertificateStatus): Der {
  if (!revocation) return issued ? GOOD : UNKNOWN;
  const { reason, revokedAt } = revocation;
  const because = reason === 0 ? [] : [tagged(0, enumerated(reason))];
  return tagged(1, generalizedTime(new Date(revokedAt)), ...because);
}

function signedResponse(
  answers: readonly Der[],
  { nonce }: OcspQuestion,
  producedAt: Date,
  responder: Responder,
): Buffer {
  const echo = nonce ? [tagged(1, sequence(extension("ocspNonce", false, nonce)))] : [];
  const data = encode(sequence(responder.responderId, generalizedTime(producedAt), sequence(...answers), ...echo));
  const basic = sequence(
    data,
    responder.algorithm.identifier,
    bitString(signAs(responder, data)),
    responder.certificates,
  );
  return encode(sequence(enumerated(SUCCESSFUL), tagged(0, sequence(OCSP_BASIC, octetString(basic)))));
}

function failure(status: number): OcspAnswer {
  return { der: encode(sequence(enumerated(status))), cacheable: undefined };
}

/** BR 4.9.10 allows 8 hours to 10 days. */
const ANSWER_LIFE: Millis = 12 * HOUR;
/** OCSPResponseStatus (RFC 6960 section 4.2.1) */
const SUCCESSFUL = 0;
const MALFORMED_REQUEST = 1;
const UNAUTHORIZED = 6;
const NEVER_ISSUED: CertificateStatus = { issued: false, revocation: undefined };
const GOOD: Buffer = encode(taggedBytes(0, Buffer.alloc(0)));
const UNKNOWN: Buffer = encode(taggedBytes(2, Buffer.alloc(0)));
const OCSP_BASIC = oid(OID.ocspBasic);
