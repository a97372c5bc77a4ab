import { eventArn, ownEventResource } from "#domain/events/arns.ts";
import { unreachable } from "#domain/events/reachable.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { parseIpAddress } from "#lib/ip-address.ts";
import {
  type ConnectionRow,
  changeDestination,
  countDestinations,
  type DestinationRow,
  deleteDestinationRow,
  findConnection,
  findDestination,
  insertDestination,
  pageDestinations,
} from "#store/event-destinations.ts";
import type { Db } from "#store/store.ts";
import { connectionArn } from "./connections.ts";
import type { EventDeps } from "./deps.ts";
import { type Page, type PageRequest, pageOf } from "./page.ts";

/** What is needed beside: whether destinations may be on this machine and its links. */
export interface DestinationDeps extends EventDeps {
  readonly localTargets: boolean;
}

export interface NewDestination {
  readonly name: string;
  readonly description: string | undefined;
  readonly connectionArn: string;
  readonly endpoint: string;
  readonly method: string;
  /** Calls a second; 300 unless told. */
  readonly rateLimit: number | undefined;
}

/** An API destination as its users see it. */
export interface Destination extends Omit<DestinationRow, "description"> {
  readonly arn: string;
  readonly description: string | undefined;
  readonly connectionArn: string;
  /** INACTIVE while its connection has no secrets. */
  readonly state: "ACTIVE" | "INACTIVE";
}

/**
 * Names a place that events can be sent to. Throws `event-value-invalid` for what is no HTTPS URL or must not be called,
 * `event-resource-not-found` for a connection that is none, `event-resource-exists` and `event-limit-exceeded`.
 */
export async function createDestination(
  { name, description, endpoint, method, rateLimit, ...made }: NewDestination,
  owner: Owner,
  deps: DestinationDeps,
): Promise<Destination> {
  checkEndpoint(endpoint, deps);
  const { account, region } = owner;
  const now = deps.clock.now().getTime();
  return await deps.store.transaction().execute(async (tx) => {
    const connection = await connectionOf(tx, made.connectionArn, owner);
    if ((await countDestinations(tx, owner, "apiDestinations")) >= MOST) {
      throw new Refusal(
        "event-limit-exceeded",
        `There are ${MOST} API destinations, which is as many as there can be.`,
      );
    }
    const row: DestinationRow = {
      account,
      region,
      name,
      id: deps.ids.uuid(),
      description: description ?? null,
      connection: connection.name,
      connectionId: connection.id,
      endpoint,
      method,
      rateLimit: rateLimit ?? STANDARD_RATE,
      createdAt: now,
      modifiedAt: now,
    };
    if (!(await insertDestination(tx, row))) {
      throw new Refusal("event-resource-exists", `An api-destination '${name}' already exists.`);
    }
    return shown(row, connection);
  });
}

/** Throws `event-resource-not-found`. */
export async function describeDestination(name: string, owner: Owner, { store }: EventDeps): Promise<Destination> {
  const row = (await findDestination(store, owner, name)) ?? missing("describe", name);
  return shown(row, await connectionIn(store, row));
}

export async function listDestinations(
  request: PageRequest & { readonly connectionArn?: string | undefined },
  owner: Owner,
  { store }: EventDeps,
): Promise<Page<Destination>> {
  const { connectionArn: wanted } = request;
  const resource = wanted === undefined ? undefined : ownEventResource(wanted, owner);
  const connectionId = wanted === undefined ? undefined : resource?.kind === "connection" ? resource.id : "none";
  const page = await pageOf(
    `destinations:${wanted ?? ""}`,
    request,
    ({ name }: DestinationRow) => name,
    (part) => pageDestinations(store, owner, part, connectionId),
  );
  const items = await Promise.all(page.items.map(async (row) => shown(row, await connectionIn(store, row))));
  return { ...page, items };
}

/** Changes what is given and leaves the rest. */
export async function updateDestination(
  name: string,
  change: Partial<Omit<NewDestination, "name">>,
  owner: Owner,
  deps: DestinationDeps,
): Promise<Destination> {
  const { description, endpoint, method, rateLimit } = change;
  if (endpoint !== undefined) checkEndpoint(endpoint, deps);
  return await deps.store.transaction().execute(async (tx) => {
    const connection =
      change.connectionArn === undefined ? undefined : await connectionOf(tx, change.connectionArn, owner);
    const row = await changeDestination(tx, owner, name, {
      modifiedAt: deps.clock.now().getTime(),
      ...(description === undefined ? {} : { description }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(method === undefined ? {} : { method }),
      ...(rateLimit === undefined ? {} : { rateLimit }),
      ...(connection && { connection: connection.name, connectionId: connection.id }),
    });
    if (!row) return missing("update", name);
    return shown(row, await connectionIn(tx, row));
  });
}

/** Deletes an API destination; what targets still were to send there is given up. Throws `event-resource-not-found`. */
export async function deleteDestination(name: string, owner: Owner, { store }: EventDeps): Promise<void> {
  const found = await store.transaction().execute((tx) => deleteDestinationRow(tx, owner, name));
  if (!found) missing("delete", name);
}

/** The connection that a destination uses; undefined when it was deleted. */
export async function connectionIn(db: Db, destination: DestinationRow): Promise<ConnectionRow | undefined> {
  const connection = await findConnection(db, destination, destination.connection);
  return connection?.id === destination.connectionId ? connection : undefined;
}

function checkEndpoint(endpoint: string, { localTargets }: DestinationDeps): void {
  const url = URL.parse(endpoint.replaceAll("*", "x"));
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "" || url.hash !== "") {
    throw wrong(
      `Parameter InvocationEndpoint is not valid. Reason: ${endpoint} is not a HTTPS URL without credentials.`,
    );
  }
  if (URL.parse(endpoint)?.host !== url.host) {
    throw wrong("Parameter InvocationEndpoint is not valid. Reason: wildcards may stand in the path only.");
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const why = parseIpAddress(host) ? unreachable(host) : host === "localhost" ? "loopback" : undefined;
  if (why !== undefined && !localTargets) {
    throw wrong(
      `Parameter InvocationEndpoint is not valid. Reason: ${host} is ${why}; the setting event-local-targets allows it.`,
    );
  }
}

async function connectionOf(db: Db, arn: string, owner: Owner): Promise<ConnectionRow> {
  const resource = ownEventResource(arn, owner);
  const connection = resource?.kind === "connection" ? await findConnection(db, owner, resource.name) : undefined;
  if (!connection || connectionArn(connection) !== arn) {
    throw new Refusal("event-resource-not-found", `Connection '${arn}' does not exist.`);
  }
  return connection;
}

function shown(row: DestinationRow, connection: ConnectionRow | undefined): Destination {
  return {
    ...row,
    description: row.description ?? undefined,
    arn: eventArn(row, { kind: "api-destination", name: row.name, id: row.id }),
    connectionArn: eventArn(row, { kind: "connection", name: row.connection, id: row.connectionId }),
    state: connection?.state === "AUTHORIZED" ? "ACTIVE" : "INACTIVE",
  };
}

function missing(verb: string, name: string): never {
  throw new Refusal(
    "event-resource-not-found",
    `Failed to ${verb} the api-destination(s). An api-destination '${name}' does not exist.`,
  );
}

function wrong(message: string): Refusal {
  return new Refusal("event-value-invalid", message);
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST = 3000;
const STANDARD_RATE = 300;
