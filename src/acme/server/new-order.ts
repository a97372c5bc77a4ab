import { findUncovered } from "#acme/coverage.ts";
import { validityProblem, type WishedValidity } from "#acme/order-validity.ts";
import { MOST_IDENTIFIERS } from "#domain/acme/order.ts";
import { type DomainName, parseDomainName } from "#domain/names.ts";
import { DAY, later, type Millis } from "#lib/duration.ts";
import { forgetStaleOrders, insertAcmeOrder, isReplaced, type NewAcmeOrder } from "#store/acme-orders.ts";
import type { AcmeReply } from "./answer.ts";
import { findByAriId } from "./ari-id.ts";
import type { AcmeContext } from "./context.ts";
import { asObject, malformed } from "./jws.ts";
import { orderReply } from "./order-reply.ts";
import { Problem, type Subproblem } from "./problem.ts";
import { payloadIn, type SignedRequest, signingAccount } from "./signed-request.ts";

/**
 * newOrder (RFC 8555 section 7.4). The domains were proven beforehand, by the endpoint's domain validations: an order
 * that they cover is ready at once, any other is refused with the reason for each name.
 */
export async function newOrder(request: SignedRequest, context: AcmeContext): Promise<AcmeReply> {
  const account = signingAccount(request);
  const { store, clock, endpoint, ids } = context;
  const payload = payloadIn(request);
  const now = clock.now();
  const identifiers = readIdentifiers(payload["identifiers"]);
  const wished = { notBefore: readTime(payload, "notBefore"), notAfter: readTime(payload, "notAfter") };
  const problem = validityProblem(wished, now);
  if (problem !== undefined) throw malformed(problem);
  const uncovered = await findUncovered(store, endpoint.arn, identifiers, context);
  if (uncovered.length > 0) {
    throw rejected(
      uncovered.map(({ name, reason }) => ({ type: "rejectedIdentifier", detail: `${sentence(reason)}`, name })),
    );
  }
  const replaces = await readReplaces(payload["replaces"], account.id, identifiers, context);
  await forgetStaleOrders(store, account.id, now.getTime(), STALE_AT_ONCE);
  const order: NewAcmeOrder = {
    id: ids.uuid(),
    accountId: account.id,
    identifiers,
    replaces,
    createdAt: now.getTime(),
    expiresAt: later(now, ORDER_LIFETIME).getTime(),
    ...millisOf(wished),
  };
  await insertAcmeOrder(store, order);
  return orderReply({ ...order, ...UNFINALIZED }, 201, context);
}

function readIdentifiers(value: unknown): readonly DomainName[] {
  if (!Array.isArray(value) || value.length === 0)
    throw malformed('"identifiers" is no list with at least one identifier.');
  if (value.length > MOST_IDENTIFIERS) throw malformed(`An order has at most ${MOST_IDENTIFIERS} identifiers.`);
  const wrong: Subproblem[] = [];
  const names = value.map((identifier: unknown) => {
    const { type, value: text } = asObject(identifier, "An identifier");
    if (typeof type !== "string" || typeof text !== "string")
      throw malformed("An identifier has a type and a value, both text.");
    const shown = text.slice(0, 253);
    if (type !== "dns") {
      wrong.push({
        type: "unsupportedIdentifier",
        detail: `Identifiers are of the type dns, not ${type.slice(0, 30)}.`,
        name: shown,
      });
      return undefined;
    }
    const name = text.endsWith(".") ? undefined : parseDomainName(text);
    if (!name) wrong.push({ type: "malformed", detail: `"${shown}" is no domain name.`, name: shown });
    return name;
  });
  if (wrong.length > 0) throw rejected(wrong);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** One problem for several names: of their own type where it is the same (RFC 8555 section 6.7.1). */
function rejected(subproblems: readonly Subproblem[]): Problem {
  const types = new Set(subproblems.map(({ type }) => type));
  const [type = "compound", ...others] = types;
  const [first] = subproblems;
  const more = subproblems.length > 1 ? ` (and ${subproblems.length - 1} more)` : "";
  const detail = first ? `${first.name}: ${first.detail}${more}` : "";
  return new Problem(others.length > 0 ? "compound" : type, detail, { subproblems });
}

function readTime(payload: Readonly<Record<string, unknown>>, name: "notBefore" | "notAfter"): Date | undefined {
  const text = payload[name];
  if (text === undefined) return undefined;
  const time = typeof text === "string" && RFC_3339.test(text) ? new Date(text) : undefined;
  if (!time || Number.isNaN(time.getTime())) throw malformed(`"${name}" is no time as in RFC 3339.`);
  return time;
}

/** The predecessor that a client names (RFC 9773 section 5). */
async function readReplaces(
  value: unknown,
  accountId: string,
  identifiers: readonly DomainName[],
  context: AcmeContext,
): Promise<string | null> {
  if (value === undefined) return null;
  if (typeof value !== "string") throw malformed('"replaces" is no text.');
  const found = await findByAriId(value, context);
  if (!found) throw malformed('"replaces" names no certificate of this ACME endpoint.');
  if (found.accountId !== accountId)
    throw new Problem("unauthorized", '"replaces" names the certificate of another account.');
  if (!found.names.some((name) => identifiers.includes(name))) {
    throw malformed('The order has no identifier of the certificate that "replaces" names.');
  }
  if (await isReplaced(context.store, value)) {
    throw new Problem("alreadyReplaced", "The certificate was replaced already, by another order.");
  }
  return value;
}

function millisOf({ notBefore, notAfter }: WishedValidity): Pick<NewAcmeOrder, "notBefore" | "notAfter"> {
  return { notBefore: notBefore?.getTime() ?? null, notAfter: notAfter?.getTime() ?? null };
}

function sentence(reason: string): string {
  const text = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

const UNFINALIZED = {
  status: "ready",
  certificateArn: null,
  generation: null,
  keyAlgorithm: null,
  subjectPublicKeyInfo: null,
  deactivated: [],
  error: undefined,
  names: [],
} as const;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
/** Nothing about an order is given that is not there already: a day is enough to finalize it. */
const ORDER_LIFETIME: Millis = DAY;
const STALE_AT_ONCE = 20;
