import {
  type AcmeAccount,
  endAcmeAccount,
  findAcmeAccount,
  findAcmeAccountByKey,
  insertAcmeAccount,
  setAcmeContacts,
} from "#store/acme-accounts.ts";
import { useAcmeBinding } from "#store/acme-bindings.ts";
import { pageAcmeOrders } from "#store/acme-orders.ts";
import { type AcmeReply, link } from "./answer.ts";
import { checkContacts, readContacts } from "./contacts.ts";
import type { AcmeContext } from "./context.ts";
import { readExternalAccount, refused } from "./external-account.ts";
import { recordAcmeAct } from "./journal.ts";
import { malformed } from "./jws.ts";
import { Problem } from "./problem.ts";
import { expectPostAsGet, payloadIn, type SignedRequest, signingAccount } from "./signed-request.ts";

/** newAccount: registers a key, or finds the account that it has (RFC 8555 section 7.3). */
export async function newAccount(request: SignedRequest, context: AcmeContext): Promise<AcmeReply> {
  const { endpoint, store, clock } = context;
  const { key } = request;
  const payload = payloadIn(request);
  const known = await findAcmeAccountByKey(store, endpoint.arn, key.thumbprint);
  if (known) return accountReply(checkValid(known), 200, context);
  if (payload["onlyReturnExisting"] === true) {
    throw new Problem("accountDoesNotExist", "There is no account with this key, and none was to be made.");
  }
  const contacts = readContacts(payload["contact"], endpoint.contact) ?? [];
  checkContacts(contacts, endpoint.contact);
  const bindingArn = await readExternalAccount(payload["externalAccountBinding"], key, context);
  const now = clock.now().getTime();
  const account: AcmeAccount = {
    id: context.ids.uuid(),
    endpointArn: endpoint.arn,
    createdAt: now,
    status: "VALID",
    contacts,
    bindingArn,
    thumbprint: key.thumbprint,
    jwk: key.json,
  };
  const isNew = await store.transaction().execute(async (tx) => {
    if (!(await useAcmeBinding(tx, bindingArn, now))) throw refused("The external account binding has ended");
    if (!(await insertAcmeAccount(tx, account))) return false;
    await recordAcmeAct(tx, endpoint, account, "NewAccount", bindingArn, context);
    return true;
  });
  if (isNew) return accountReply(account, 201, context);
  const other = await findAcmeAccountByKey(store, endpoint.arn, key.thumbprint);
  if (!other) throw new Error("an account is neither new nor known");
  return accountReply(checkValid(other), 200, context);
}

/** An account by itself: what it is, its contacts anew, or its end (RFC 8555 sections 7.3.2 and 7.3.6). */
export async function account(
  request: SignedRequest,
  context: AcmeContext,
  [id]: readonly string[],
): Promise<AcmeReply> {
  const own = ownAccount(request, id);
  const { payload } = request;
  const { store, endpoint } = context;
  const status = payload?.["status"];
  if (status !== undefined && status !== "deactivated") throw malformed('"status" can only become "deactivated".');
  const contacts = payload && readContacts(payload["contact"], endpoint.contact);
  if (status === "deactivated" || contacts) {
    await store.transaction().execute(async (tx) => {
      const act = status === "deactivated" ? "DeactivateAccount" : "UpdateAccount";
      const changed =
        status === "deactivated"
          ? await endAcmeAccount(tx, own.id, "DEACTIVATED")
          : await setAcmeContacts(tx, own.id, contacts ?? []);
      if (changed) await recordAcmeAct(tx, endpoint, own, act, context.urls.account(own.id), context);
    });
  }
  const now = await findAcmeAccount(store, own.id);
  if (!now) throw new Problem("accountDoesNotExist", "The account is gone: its ACME endpoint was deleted.");
  return accountReply(now, 200, context);
}

/** The URLs of an account's orders, a page at a time (RFC 8555 section 7.1.2.1). */
export async function accountOrders(
  request: SignedRequest,
  context: AcmeContext,
  [id, cursor]: readonly string[],
): Promise<AcmeReply> {
  expectPostAsGet(request);
  const own = ownAccount(request, id);
  const [, createdAt = "0", orderId = ""] = /^(\d{1,15})-([0-9a-f-]{36})$/.exec(cursor ?? "") ?? [];
  const after = { createdAt: Number(createdAt), id: orderId };
  const orders = await pageAcmeOrders(context.store, own.id, after, ORDERS_PER_PAGE + 1);
  const page = orders.slice(0, ORDERS_PER_PAGE);
  const last = page.at(-1);
  const more = orders.length > page.length && last;
  return {
    status: 200,
    body: { orders: page.map(({ id: order }) => context.urls.order(order)) },
    links: more ? [link(context.urls.orders(own.id, `${last.createdAt}-${last.id}`), "next")] : [],
  };
}

function ownAccount(request: SignedRequest, id: string | undefined): AcmeAccount {
  const own = signingAccount(request);
  if (own.id !== id) throw new Problem("unauthorized", "This is another account than the one that signed the request.");
  return own;
}

function checkValid(known: AcmeAccount): AcmeAccount {
  if (known.status === "VALID") return known;
  throw new Problem("unauthorized", `The account with this key is ${known.status}: register with another key.`);
}

function accountReply({ id, status, contacts }: AcmeAccount, code: number, { urls }: AcmeContext): AcmeReply {
  const body = {
    status: status.toLowerCase(),
    ...(contacts.length > 0 && { contact: contacts }),
    orders: urls.orders(id),
  };
  return { status: code, body, headers: { location: urls.account(id) } };
}

const ORDERS_PER_PAGE = 100;
