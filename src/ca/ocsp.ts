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
import { extension } from "#lib/x509-extensions.ts";
import { findCertificateStatus } from "#store/revocations.ts";
import type { CaDeps } from "./deps.ts";
import type { CertificateStatus, OcspAuthority } from "./ocsp-authority.ts";
import { type CertificateQuestion, type OcspQuestion, readOcspRequest } from "./ocsp-request.ts";
import { privateOcspAuthority } from "./private/ocsp-authority.ts";
import { type Responder, responderOf } from "./responder.ts";
import { KeyIsAway, signAs } from "./signers.ts";

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
 * numbers it never signed, the unsigned error `unauthorized` when the issuer is none of ours, there are several of
 * them, or it is not valid now, so that nobody could be certified to answer for it. An answer without a nonce is signed
 * once and kept for half of its life; what the database says is asked every time, so that a revocation shows at once on
 * every node. Never throws for what a client sends.
 */
export async function answerOcsp(
  request: Buffer,
  deps: Pick<CaDeps, "store" | "clock" | "signers">,
): Promise<OcspAnswer> {
  const { clock, signers } = deps;
  const question = readOcspRequest(request);
  if (!question) return failure(MALFORMED_REQUEST);
  const authority = await askedAuthority(question.certificates, deps);
  const now = clock.now();
  if (!authority || !isValid(authority, now)) return failure(UNAUTHORIZED);

  const statuses = await Promise.all(question.certificates.map(({ serial }) => authority.statusOf(serial)));
  const [status] = statuses;
  const mayKeep = question.nonce === undefined && statuses.length === 1 && status?.issued === true;
  const kept = mayKeep ? signers.ocspAnswers.find(authority.id, question, status, now) : undefined;
  if (kept) return kept;

  const responder = await authority.responder().catch(unlessAway);
  if (!responder) return failure(UNAUTHORIZED);
  const thisUpdate = new Date(Math.floor(now.getTime() / SECOND) * SECOND);
  const nextUpdate = new Date(Math.min(later(thisUpdate, ANSWER_LIFE).getTime(), responder.notAfter));
  const times: Der = (writer) => {
    writer.put(tagged(0, generalizedTime(nextUpdate)));
    writer.put(generalizedTime(thisUpdate));
  };
  const answers = question.certificates.map(({ certId }, index) =>
    sequence(certId, asDer(statuses[index] ?? NEVER_ISSUED), times),
  );
  const der = signedResponse(answers, question, thisUpdate, responder);
  const answer = { der, cacheable: question.nonce ? undefined : { thisUpdate, nextUpdate } };
  if (mayKeep) signers.ocspAnswers.keep(authority.id, question, status, answer);
  return answer;
}

/** A root whose key is offline answers no OCSP: what it signed names its CRL. */
function unlessAway(error: unknown): undefined {
  if (!(error instanceof KeyIsAway)) throw error;
}

function isValid({ notBefore, notAfter }: OcspAuthority, now: Date): boolean {
  return notBefore <= now.getTime() && now.getTime() < notAfter;
}

/** The one CA of ours that every question names; undefined when there is none, or more than one. */
async function askedAuthority(
  questions: readonly CertificateQuestion[],
  deps: Pick<CaDeps, "store" | "clock" | "signers">,
): Promise<OcspAuthority | undefined> {
  const [first, ...more] = new Map(questions.map((question) => [question.issuer, question])).values();
  const asked = first && (await namedAuthority(first, deps));
  for (const question of more) {
    // oxlint-disable-next-line no-await-in-loop -- the first that names another one is the last that is looked for
    if (!asked || (await namedAuthority(question, deps))?.id !== asked.id) return undefined;
  }
  return asked;
}

/** Who has a name and a key of these hashes: one of the built-in hierarchies, or a private CA that answers OCSP. */
async function namedAuthority(
  question: CertificateQuestion,
  deps: Pick<CaDeps, "store" | "clock" | "signers">,
): Promise<OcspAuthority | undefined> {
  const { store, signers } = deps;
  const hashes = hashesIn(question);
  if (hashes === undefined) return undefined;
  const known = signers.issuersByHashes.known(hashes);
  const shared = known ? undefined : await privateOcspAuthority(hashes, deps);
  if (shared) return shared;
  const issuer = known ?? (await signers.issuersByHashes.find(store, hashes));
  if (!issuer) return undefined;
  return {
    ...issuer,
    responder: async () => await responderOf(await signers.issuer(store, issuer.id), deps),
    statusOf: (serial) => findCertificateStatus(store, issuer.id, serial),
  };
}

/** As `ocspHashes` writes them; undefined for a hash that we do not know. */
function hashesIn({ hash: algorithm, issuerNameHash, issuerKeyHash }: CertificateQuestion): string | undefined {
  return algorithm && `${algorithm} ${issuerNameHash.toString("hex")} ${issuerKeyHash.toString("hex")}`;
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
