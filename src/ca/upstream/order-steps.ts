import { X509Certificate } from "node:crypto";
import { parseArn } from "#domain/arn.ts";
import { recordIn } from "#journal/journal.ts";
import { later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import { pem } from "#lib/pem.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { type ChallengeAnswer, deleteChallengeAnswers, insertChallengeAnswers } from "#store/challenge-answers.ts";
import type { Db, Tx } from "#store/store.ts";
import { changeUpstreamOrder, type UpstreamOrder, type UpstreamOrderChange } from "#store/upstream-orders.ts";
import { type AccountDeps, Misconfigured } from "./account.ts";
import type { AcmeAnswer, AcmeClient, Signer } from "./acme-client.ts";
import { type ChosenChallenge, challengeAnswer, chooseChallenge } from "./challenges.ts";
import { certificationRequest } from "./csr.ts";
import { chainPem, checkIssuedChain, endsAt, type IssuedChain, readIssuedChain } from "./issued-chain.ts";
import { type AcmeOrder, type Authorization, parseAuthorization, parseOrder } from "./objects.ts";
import { AcmeProblem } from "./problem.ts";
import type { ChallengeKind } from "./upstream-ca.ts";
import { OrderInvalid } from "./verdict.ts";

/** What an order is for. */
export interface OrderSubject {
  readonly names: readonly string[];
  /** Of the key that is to be certified. */
  readonly subjectPublicKeyInfo: Uint8Array;
  /** Opens it; the caller wipes it. */
  readonly openKey: () => Promise<PlaintextKey>;
  /** Where the TXT record for a name without `*.` stands: at the end of its CNAME. */
  readonly targetOf: (name: string) => string;
  /** The record that the owner of the names was told of, and has written; undefined where it was none for CAs. */
  readonly told: "dns-01" | "dns-persist-01" | undefined;
}

export interface StepDeps extends AccountDeps {
  /** Told, in the transaction in which it happens, of a certificate that a CA has issued. */
  readonly onFinalized: (tx: Tx, certificateArn: string) => Promise<void>;
}

/** What a step works with. */
export interface Work {
  readonly order: UpstreamOrder;
  readonly subject: OrderSubject;
  readonly client: AcmeClient;
  readonly signer: Signer;
  /** This run has moved the order to its present state: nobody else is at it. */
  readonly fresh: boolean;
}

/** What came of a step: this run has moved the order, somebody else did before, or nothing is to be done until then. */
export type StepResult = "moved" | "overtaken" | Date;

/** Does what an order's state wants. */
export type OrderStep = (work: Work, deps: StepDeps) => Promise<StepResult>;

/** `new` → `ordered`. An order that is lost here, because we die before we note it, harms nobody. */
export const placeOrder: OrderStep = async ({ order, subject, client, signer }, deps) => {
  const { newOrder, renewalInfo, profiles } = await client.directory();
  const { profile, name } = client.ca;
  if (profile !== undefined && profiles && !profiles.includes(profile)) {
    throw new Misconfigured(`${name} offers no profile "${profile}"; it offers ${profiles.join(", ") || "none"}`);
  }
  const payload = {
    identifiers: subject.names.map((value) => ({ type: "dns", value })),
    ...(profile === undefined || !profiles ? {} : { profile }),
    ...(order.replaces === null || renewalInfo === undefined ? {} : { replaces: order.replaces }),
  };
  const answer = await client.post(newOrder, payload, signer);
  const { finalize, expires } = parseOrder(answer.body);
  if (answer.location === undefined) throw new OrderInvalid(undefined, `${name} made an order without a URL`);
  const made = { orderUrl: answer.location, finalizeUrl: finalize, expiresAt: expires?.getTime() ?? null };
  return result(await moveIn(deps.store, order, "ordered", made, deps));
};

/** `ordered` → `challenged`: what the CA will ask for is published. */
export const publishAnswers: OrderStep = async ({ order, subject, client, signer }, deps) => {
  const { authorizations } = parseOrder((await client.post(urlOf(order.orderUrl), undefined, signer)).body);
  const answers: ChallengeAnswer[] = [];
  for (const url of authorizations) {
    const authorization = await readAuthorization(url, client, signer);
    if (authorization.status === "valid") continue;
    const challenge = challengeOf(authorization, subject, client);
    if (challenge.type === "dns-persist-01") continue; // the owner's record is the answer
    answers.push(await challengeAnswer(challenge, subject.targetOf(authorization.name), signer));
  }
  return await deps.store.transaction().execute(async (tx) => {
    const moved = await moveIn(tx, order, "challenged", {}, deps);
    if (moved) await insertChallengeAnswers(tx, order.id, answers);
    return result(moved);
  });
};

/** `challenged` → `ready`: the CA is told to look, once in a while again, and its look is awaited. */
export const awaitValidation: OrderStep = async ({ order, subject, client, signer }, deps) => {
  const answer = await client.post(urlOf(order.orderUrl), undefined, signer);
  const present = parseOrder(answer.body);
  if (present.status !== "pending") {
    if (present.status === "invalid") throw await whyInvalid(present, client, signer);
    return result(await moveIn(deps.store, order, "ready", {}, deps));
  }
  const now = deps.clock.now();
  if (now.getTime() - order.reachedAt > LONGEST_LOOK) {
    throw new OrderInvalid(undefined, `${client.ca.name} did not come to look for its answers`);
  }
  const due = order.respondedAt === null || order.respondedAt + RESPOND_AGAIN <= now.getTime();
  if (due) {
    for (const url of present.authorizations) {
      const authorization = await readAuthorization(url, client, signer);
      if (authorization.status === "valid") continue;
      const challenge = challengeOf(authorization, subject, client);
      if (challenge.status === "pending") await respond(challenge.url, client, signer);
    }
  }
  return await rest(order, answer, due ? { respondedAt: now.getTime() } : {}, deps);
};

/**
 * `ready` → `finalizing`: the CSR is kept, and with it the intent to have it certified; the answers to the challenges
 * are taken back.
 */
export const keepCsr: OrderStep = async ({ order, subject }, deps) => {
  using key = await subject.openKey();
  const csr = certificationRequest(subject.names, subject.subjectPublicKeyInfo, key);
  return await deps.store.transaction().execute(async (tx) => {
    const moved = await moveIn(tx, order, "finalizing", { csr, finalizingAt: deps.clock.now().getTime() }, deps);
    if (moved) {
      await deleteChallengeAnswers(tx, order.id);
      await recordIntent(tx, order, deps);
    }
    return result(moved);
  });
};

/**
 * `finalizing` → `finalized`. Whoever comes back to it asks first what the CA has done: only an order that is still
 * ready is finalized, and only by one of us at a time.
 */
export const finalize: OrderStep = async ({ order, subject, client, signer, fresh }, deps) => {
  const now = deps.clock.now();
  const answer = await client.post(urlOf(order.orderUrl), undefined, signer);
  const present = parseOrder(answer.body);
  if (present.status !== "ready") return await follow(order, answer, { client, signer, subject }, deps);
  const takenUntil = later(new Date(order.finalizingAt ?? 0), FINALIZING_TIME);
  if (!fresh && now < takenUntil) return takenUntil;
  const taken = fresh ? order : await moveIn(deps.store, order, "finalizing", { finalizingAt: now.getTime() }, deps);
  if (!taken) return "overtaken";
  if (!taken.csr) throw new Error(`order ${order.id} is finalizing without a CSR`);
  const csr = Buffer.from(taken.csr).toString("base64url");
  const finalized = await client.post(urlOf(taken.finalizeUrl), { csr }, signer);
  return await follow(taken, finalized, { client, signer, subject }, deps);
};

/** What became of an order that was finalized. */
async function follow(
  order: UpstreamOrder,
  answer: AcmeAnswer,
  { client, signer, subject }: Pick<Work, "client" | "signer" | "subject">,
  deps: StepDeps,
): Promise<StepResult> {
  const present = parseOrder(answer.body);
  switch (present.status) {
    case "valid":
      return await fetchCertificate(order, present, { client, signer, subject }, deps);
    case "invalid":
      throw await whyInvalid(present, client, signer);
    case "pending":
    case "ready":
    case "processing":
      return await rest(order, answer, {}, deps);
  }
}

async function fetchCertificate(
  order: UpstreamOrder,
  { certificate }: AcmeOrder,
  { client, signer, subject }: Pick<Work, "client" | "signer" | "subject">,
  deps: StepDeps,
): Promise<StepResult> {
  if (certificate === undefined) throw new OrderInvalid(undefined, `${client.ca.name} names no certificate`);
  const now = deps.clock.now();
  const fetch = (url: string): Promise<AcmeAnswer> => client.post(url, undefined, signer, PEM_CHAIN);
  const answer = await fetch(certificate);
  const chain = readIssuedChain(answer.body);
  checkIssuedChain(chain, { ...subject, now });
  const chosen = (await preferredChain(chain, answer.alternates, client.ca.preferredChain, fetch)) ?? chain;
  if (chosen !== chain) checkIssuedChain(chosen, { ...subject, now });
  const issued = {
    certificate: pem("CERTIFICATE", chosen.leaf),
    chain: chainPem(chosen) ?? null,
    notAfter: new X509Certificate(chosen.leaf).validToDate.getTime(),
  };
  return await deps.store.transaction().execute(async (tx) => {
    const moved = await moveIn(tx, order, "finalized", { ...issued, csr: null }, deps);
    if (moved) await deps.onFinalized(tx, order.certificateArn);
    return result(moved);
  });
}

/** The one of the offered chains that ends where it should; undefined when none does: then the first one is taken. */
async function preferredChain(
  first: IssuedChain,
  alternates: readonly string[],
  issuer: string | undefined,
  fetch: (url: string) => Promise<AcmeAnswer>,
): Promise<IssuedChain | undefined> {
  if (issuer === undefined || endsAt(first, issuer)) return undefined;
  for (const url of alternates) {
    const chain = readIssuedChain((await fetch(url)).body);
    if (endsAt(chain, issuer)) return chain;
  }
  return undefined;
}

async function readAuthorization(url: string, client: AcmeClient, signer: Signer): Promise<Authorization> {
  const authorization = parseAuthorization((await client.post(url, undefined, signer)).body);
  if (authorization.status === "pending" || authorization.status === "valid") return authorization;
  throw invalidity(authorization, client);
}

function invalidity({ name, status, challenges }: Authorization, { ca }: AcmeClient): OrderInvalid {
  const error = challenges.find((challenge) => challenge.error)?.error;
  const detail = error && { ...error, detail: `${name}: ${error.detail}` };
  return new OrderInvalid(detail, `${ca.name} says that its authorization of ${name} is ${status}`);
}

/** What an order that became invalid failed of: the order does not always say, its authorizations do. */
async function whyInvalid(present: AcmeOrder, client: AcmeClient, signer: Signer): Promise<OrderInvalid> {
  for (const url of present.authorizations) {
    const authorization = parseAuthorization((await client.post(url, undefined, signer)).body);
    if (authorization.status === "invalid") return invalidity(authorization, client);
  }
  return new OrderInvalid(present.error, `${client.ca.name} says that the order is invalid, and not why`);
}

function challengeOf(authorization: Authorization, { names, told }: OrderSubject, { ca }: AcmeClient): ChosenChallenge {
  const { name } = authorization;
  if (!names.some((one) => one === name || one === `*.${name}`)) {
    throw new OrderInvalid(undefined, `${ca.name} asks for ${name}, which was not ordered`);
  }
  const challenge = chooseChallenge(authorization, preferences(ca.challenge, told));
  if (challenge) return challenge;
  const offered = authorization.challenges.map(({ type }) => type).join(", ");
  throw new OrderInvalid(
    undefined,
    `${ca.name} offers no challenge for ${name} that we can answer; it offers ${offered || "none"}`,
  );
}

/** What is configured, and whatever else the owner's record allows; by HTTP nothing of the owner is needed. */
function preferences(configured: ChallengeKind, told: OrderSubject["told"]): readonly ChallengeKind[] {
  const others: readonly ChallengeKind[] = ["http-01", "dns-01"];
  if (told === undefined) return others;
  return configured === "http-01" ? ["http-01", told, "dns-01"] : [told, ...others];
}

/** Tells the CA to look. One that has just done so refuses to begin again: then there is nothing to tell. */
async function respond(url: string, client: AcmeClient, signer: Signer): Promise<void> {
  try {
    await client.post(url, {}, signer);
  } catch (error) {
    if (!(error instanceof AcmeProblem && error.problem.type === "malformed")) throw error;
  }
}

/** One statement that names the old state; undefined when somebody else moved the order meanwhile. */
async function moveIn(
  db: Db,
  order: UpstreamOrder,
  state: UpstreamOrder["state"],
  change: UpstreamOrderChange,
  { clock }: StepDeps,
): Promise<UpstreamOrder | undefined> {
  const now = clock.now().getTime();
  const reached = { state, tries: 0, dueAt: now, reachedAt: now, problem: null };
  return await changeUpstreamOrder(db, order, { ...reached, ...change }, now);
}

/** The CA is at work: it is asked again when it wants to be, or at growing intervals. */
async function rest(
  order: UpstreamOrder,
  { retryAt }: AcmeAnswer,
  change: UpstreamOrderChange,
  { store, clock }: StepDeps,
): Promise<StepResult> {
  const now = clock.now();
  const pause = Math.min(Math.max((now.getTime() - order.reachedAt) / 4, SHORTEST_PAUSE), LONGEST_PAUSE);
  const again = latest(retryAt ?? later(now, pause), later(now, SHORTEST_PAUSE));
  const waiting = { ...change, tries: 0, problem: null, dueAt: again.getTime() };
  return (await changeUpstreamOrder(store, order, waiting, now.getTime())) ? again : "overtaken";
}

function result(moved: UpstreamOrder | undefined): StepResult {
  return moved ? "moved" : "overtaken";
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}

async function recordIntent(tx: Tx, { certificateArn, id }: UpstreamOrder, { clock }: StepDeps): Promise<void> {
  const { account = "", region = "" } = parseArn(certificateArn) ?? {};
  const who = { principal: "ca.sealkeeper", eventSource: "ca.sealkeeper", eventName: "FinalizeOrder" };
  await recordIn(tx, { account, region, ...who, resource: certificateArn, requestId: id }, clock);
}

function urlOf(url: string | null): string {
  if (url === null) throw new Error("an order that was placed has no URL");
  return url;
}

/** A CA looks and signs within seconds, most of the time. */
const SHORTEST_PAUSE: Millis = SECOND;
const LONGEST_PAUSE: Millis = 30 * SECOND;
const LONGEST_LOOK: Millis = 30 * MINUTE;
/** A CA that forgot that it was told to look is told again; one that is at it would begin anew. */
const RESPOND_AGAIN: Millis = 120 * SECOND;
/** After this long whoever took it upon themselves to finalize is taken for dead. */
const FINALIZING_TIME: Millis = 10 * SECOND;
const PEM_CHAIN = "application/pem-certificate-chain";
