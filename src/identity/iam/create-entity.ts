import { type Entity, type EntityKind, type Role, TITLES, uniqueId } from "#domain/identity/entity.ts";
import { ENTITY_QUOTAS } from "#domain/identity/limits.ts";
import type { AccountId, Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { count } from "#store/iam-counts.ts";
import { insertEntity } from "#store/iam-entities.ts";
import { putIamTags } from "#store/iam-tags.ts";
import type { Tx } from "#store/store.ts";
import type { IamDeps } from "./deps.ts";
import { checkTags, type IamTag } from "./tags.ts";
import { readTrustPolicy } from "./trust-policy.ts";
import { beginUse, checkPolicyArn } from "./usable-policy.ts";

/** What a user, group, role or instance profile is made of. */
export interface EntityRequest {
  readonly name: string;
  /** Undefined: `/`. */
  readonly path: string | undefined;
  readonly tags: readonly IamTag[];
  /** The ARN of a managed policy. */
  readonly boundary?: string | undefined;
}

export interface RoleRequest extends EntityRequest {
  readonly trustPolicy: string;
  readonly description: string | undefined;
  /** In seconds. */
  readonly maxSessionDuration: number | undefined;
}

/**
 * Makes a user, a group or an instance profile. Throws `entity-exists`, `iam-limit-exceeded`, `entity-not-found` for the
 * boundary, and what `checkTags` throws.
 */
export async function createEntity(
  kind: Exclude<EntityKind, "role">,
  request: EntityRequest,
  { account }: Pick<Caller, "account">,
  deps: IamDeps,
): Promise<Entity> {
  const entity = newEntity(account, kind, request, deps);
  await deps.store.transaction().execute((tx) => store(tx, entity, request));
  return entity;
}

/** Makes a role. Throws as `createEntity`, and `policy-malformed` for the trust policy. */
export async function createRole(
  request: RoleRequest,
  { account }: Pick<Caller, "account">,
  deps: IamDeps,
): Promise<Role> {
  const role: Role = {
    ...newEntity(account, "role", request, deps),
    description: request.description,
    trustPolicy: request.trustPolicy,
    maxSessionDuration: request.maxSessionDuration ?? HOUR_SECONDS,
    lastUsed: undefined,
  };
  if (/^\/aws-(service-role|reserved)\//.test(role.path)) {
    const text = `The path ${role.path} is reserved for roles that services make themselves.`;
    throw new Refusal("principal-input-invalid", text);
  }
  return await deps.store.transaction().execute(async (tx) => {
    await store(tx, { ...role, trustPolicy: await readTrustPolicy(request.trustPolicy, role.name, tx) }, request);
    return role;
  });
}

function newEntity<Kind extends EntityKind>(
  account: AccountId,
  kind: Kind,
  { name, path = "/", tags, boundary }: EntityRequest,
  { clock, ids }: IamDeps,
): Entity {
  checkTags(tags);
  if (boundary !== undefined) checkPolicyArn(boundary);
  return { id: uniqueId(kind, ids.hex(11)), account, kind, name, path, createdAt: clock.now(), boundary };
}

async function store(tx: Tx, entity: Entity | Role, { tags }: EntityRequest): Promise<void> {
  const { id, account, kind, name, boundary } = entity;
  if (!(await insertEntity(tx, entity))) throw existing(kind, name);
  await putIamTags(tx, id, tags);
  if (boundary !== undefined) await beginUse(tx, account, boundary, "boundaries");
  const quota = ENTITY_QUOTAS[kind];
  if ((await count(tx, account, kind, 1)) > quota.most) {
    throw new Refusal("iam-limit-exceeded", `Cannot exceed quota for ${quota.name}: ${quota.most}`);
  }
}

/** That the name is another's. */
export function existing(kind: EntityKind, name: string): Refusal {
  const title = kind === "instance-profile" ? "Instance Profile" : `${capital(TITLES[kind])} with name`;
  return new Refusal("entity-exists", `${title} ${name} already exists.`);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const HOUR_SECONDS = 3600;
