import type { Authorization, HttpParameter } from "#domain/events/api-call.ts";
import { eventArn } from "#domain/events/arns.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import {
  type ConnectionRow,
  changeConnection,
  countDestinations,
  deleteConnectionRow,
  findConnection,
  insertConnection,
  pageConnections,
} from "#store/event-destinations.ts";
import type { EventDeps, Sealing } from "./deps.ts";
import { type Page, type PageRequest, pageOf } from "./page.ts";

export interface NewConnection {
  readonly name: string;
  readonly description: string | undefined;
  readonly authorization: Authorization;
}

/** What may be seen of a connection: of secrets only their names. */
export interface Connection
  extends Pick<ConnectionRow, "name" | "authorizationType" | "state" | "createdAt" | "modifiedAt" | "authorizedAt"> {
  readonly arn: string;
  readonly description: string | undefined;
  readonly authorization: ShownAuthorization;
}

export interface ShownAuthorization {
  /** The name of the key, or of the user. */
  readonly name: string;
  readonly headers: readonly ShownParameter[];
  readonly query: readonly ShownParameter[];
  readonly body: readonly ShownParameter[];
}

export interface ShownParameter {
  readonly key: string;
  readonly secret: boolean;
  /** Undefined for secrets. */
  readonly value?: string;
}

/** Keeps how to authenticate somewhere, its secrets sealed. Throws `event-resource-exists` and `event-limit-exceeded`. */
export async function createConnection(connection: NewConnection, owner: Owner, deps: EventDeps): Promise<Connection> {
  const { store, clock, ids } = deps;
  const { name, description, authorization } = connection;
  const { account, region } = owner;
  const now = clock.now().getTime();
  const row: ConnectionRow = {
    account,
    region,
    name,
    id: ids.uuid(),
    description: description ?? null,
    state: "AUTHORIZED",
    createdAt: now,
    modifiedAt: now,
    authorizedAt: now,
    authorizationType: authorization.credentials.type,
    parameters: JSON.stringify(shownAuthorization(authorization)),
    sealed: null,
  };
  const sealed = seal(authorization, connectionArn(row), deps.root);
  await store.transaction().execute(async (tx) => {
    if ((await countDestinations(tx, owner, "eventConnections")) >= MOST) {
      throw new Refusal("event-limit-exceeded", `There are ${MOST} connections, which is as many as there can be.`);
    }
    if (!(await insertConnection(tx, { ...row, sealed }))) {
      throw new Refusal("event-resource-exists", `Connection ${name} already exists.`);
    }
  });
  return shown(row);
}

/** Throws `event-resource-not-found`. */
export async function describeConnection(name: string, owner: Owner, { store }: EventDeps): Promise<Connection> {
  return shown((await findConnection(store, owner, name)) ?? missing("describe", name));
}

export async function listConnections(
  request: PageRequest & { readonly state?: string | undefined },
  owner: Owner,
  { store }: EventDeps,
): Promise<Page<Connection>> {
  const page = await pageOf(
    `connections:${request.state ?? ""}`,
    request,
    ({ name }: ConnectionRow) => name,
    (part) => pageConnections(store, owner, part, request.state),
  );
  return { ...page, items: page.items.map(shown) };
}

/** Gives a connection another description or other secrets; what is not given stays. */
export async function updateConnection(
  name: string,
  change: { readonly description: string | undefined; readonly authorization: Authorization | undefined },
  owner: Owner,
  { store, clock, root }: EventDeps,
): Promise<Connection> {
  const { description, authorization } = change;
  const now = clock.now().getTime();
  const row = await store.transaction().execute(async (tx) => {
    const present = await findConnection(tx, owner, name);
    if (!present) return undefined;
    return await changeConnection(tx, owner, name, {
      modifiedAt: now,
      ...(description === undefined ? {} : { description }),
      ...(authorization && {
        state: "AUTHORIZED",
        authorizedAt: now,
        authorizationType: authorization.credentials.type,
        parameters: JSON.stringify(shownAuthorization(authorization)),
        sealed: seal(authorization, connectionArn(present), root),
      }),
    });
  });
  return shown(row ?? missing("update", name));
}

/** Destroys a connection's secrets; it stays, and so do the API destinations that use it, which are then INACTIVE. */
export async function deauthorizeConnection(
  name: string,
  owner: Owner,
  { store, clock }: EventDeps,
): Promise<Connection> {
  const change = { state: "DEAUTHORIZED" as const, sealed: null, modifiedAt: clock.now().getTime() };
  const row = await store.transaction().execute((tx) => changeConnection(tx, owner, name, change));
  return shown(row ?? missing("deauthorize", name));
}

/** Deletes a connection with its secrets; API destinations that use it are INACTIVE from then on. */
export async function deleteConnection(name: string, owner: Owner, { store }: EventDeps): Promise<Connection> {
  const row = await store.transaction().execute((tx) => deleteConnectionRow(tx, owner, name));
  return shown(row ?? missing("delete", name));
}

/** How to authenticate over a connection; undefined once its secrets were destroyed. */
export function openConnection(row: ConnectionRow, root: Sealing): Authorization | undefined {
  if (!row.sealed) return undefined;
  using opened = root.open(row.sealed, purpose(connectionArn(row)));
  return JSON.parse(opened.bytes.toString()) as Authorization;
}

export function connectionArn(row: Pick<ConnectionRow, "account" | "region" | "name" | "id">): string {
  return eventArn(row, { kind: "connection", name: row.name, id: row.id });
}

function seal(authorization: Authorization, arn: string, root: Sealing): Buffer {
  const clear = Buffer.from(JSON.stringify(authorization));
  try {
    return root.seal(clear, purpose(arn));
  } finally {
    clear.fill(0);
  }
}

function shownAuthorization({ credentials, headers, query, body }: Authorization): ShownAuthorization {
  return {
    name: credentials.type === "API_KEY" ? credentials.name : credentials.username,
    headers: headers.map(shownParameter),
    query: query.map(shownParameter),
    body: body.map(shownParameter),
  };
}

function shownParameter({ key, value, secret }: HttpParameter): ShownParameter {
  return secret ? { key, secret } : { key, value, secret };
}

function shown(row: ConnectionRow): Connection {
  const { name, authorizationType, state, createdAt, modifiedAt, authorizedAt } = row;
  return {
    name,
    authorizationType,
    state,
    createdAt,
    modifiedAt,
    authorizedAt,
    arn: connectionArn(row),
    description: row.description ?? undefined,
    authorization: JSON.parse(row.parameters) as ShownAuthorization,
  };
}

function missing(verb: string, name: string): never {
  throw new Refusal(
    "event-resource-not-found",
    `Failed to ${verb} the connection(s). Connection '${name}' does not exist.`,
  );
}

const purpose = (arn: string): string => `event-connection:${arn}`;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST = 3000;
