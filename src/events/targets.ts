import { pathVariables, type TargetHttpParameters } from "#domain/events/api-call.ts";
import { eventArn, ownEventResource } from "#domain/events/arns.ts";
import { parseJsonPath } from "#domain/events/json-path.ts";
import { type TargetInput, transformerProblem } from "#domain/events/transform.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { deleteDeliveriesTo } from "#store/event-deliveries.ts";
import { findDestination } from "#store/event-destinations.ts";
import {
  deleteTargetRow,
  findRule,
  holdRule,
  putTargetRow,
  rulesOfTarget,
  type TargetRow,
  targetsOfRule,
} from "#store/event-rules.ts";
import type { Tx } from "#store/store.ts";
import type { EventDeps } from "./deps.ts";
import { type Page, type PageRequest, pageOf } from "./page.ts";
import { noRule } from "./rules.ts";

/** Where a rule's events go, and in which form. */
export interface Target extends TargetInput {
  readonly id: string;
  readonly arn: string;
  readonly roleArn: string | undefined;
  readonly http: TargetHttpParameters | undefined;
  readonly retryAttempts: number;
  /** Seconds. */
  readonly retryAge: number;
}

/**
 * Adds targets to a rule, or replaces those of the same ids: all of them or, with `event-value-invalid`,
 * `event-resource-not-found` or `event-limit-exceeded`, none.
 */
export async function putTargets(
  rule: string,
  targets: readonly Target[],
  owner: Owner,
  { store, ids }: EventDeps,
): Promise<void> {
  targets.forEach(checkInput);
  await store.transaction().execute(async (tx) => {
    if (!(await holdRule(tx, owner, rule))) throw noRule(rule);
    for (const target of targets) {
      await checkDestination(tx, target, owner);
      await putTargetRow(tx, row(target, rule, owner, ids.uuid()));
    }
    if ((await targetsOfRule(tx, owner, rule, "", MOST_TARGETS + 1)).length > MOST_TARGETS) {
      throw new Refusal("event-limit-exceeded", `A rule has at most ${MOST_TARGETS} targets.`);
    }
  });
}

/** Throws `event-resource-not-found`. */
export async function listTargets(
  rule: string,
  request: PageRequest,
  owner: Owner,
  { store }: EventDeps,
): Promise<Page<Target>> {
  if (!(await findRule(store, owner, rule))) throw noRule(rule);
  const page = await pageOf(
    `targets:${rule}`,
    request,
    ({ id }: TargetRow) => id,
    ({ after, limit }) => targetsOfRule(store, owner, rule, after, limit),
  );
  return { ...page, items: page.items.map(readTarget) };
}

/** Removes targets, with what they were still to have; answers the ids that the rule does not have. */
export async function removeTargets(
  rule: string,
  targetIds: readonly string[],
  owner: Owner,
  { store }: EventDeps,
): Promise<readonly string[]> {
  return await store.transaction().execute(async (tx) => {
    if (!(await holdRule(tx, owner, rule))) throw noRule(rule);
    const missing: string[] = [];
    for (const id of new Set(targetIds)) {
      const key = await deleteTargetRow(tx, owner, rule, id);
      if (key === undefined) missing.push(id);
      else await deleteDeliveriesTo(tx, key);
    }
    return missing;
  });
}

/** The names of the rules that have a target. */
export async function listRuleNamesByTarget(
  arn: string,
  request: PageRequest,
  owner: Owner,
  { store }: EventDeps,
): Promise<Page<string>> {
  return await pageOf(
    `rules-of:${arn}`,
    request,
    (name: string) => name,
    ({ after, limit }) => rulesOfTarget(store, owner, arn, after, limit),
  );
}

/** A target as it was given. */
export function readTarget(kept: TargetRow): Target {
  const { id, arn, retryAttempts, retryAge } = kept;
  return {
    id,
    arn,
    retryAttempts,
    retryAge,
    roleArn: kept.roleArn ?? undefined,
    input: kept.input ?? undefined,
    inputPath: kept.inputPath ?? undefined,
    inputTransformer:
      kept.inputTransformer === null ? undefined : (JSON.parse(kept.inputTransformer) as Target["inputTransformer"]),
    http: kept.httpParameters === null ? undefined : (JSON.parse(kept.httpParameters) as TargetHttpParameters),
  };
}

function row(target: Target, rule: string, { account, region }: Owner, key: string): TargetRow {
  const { id, arn, input, inputPath, inputTransformer, http, roleArn, retryAttempts, retryAge } = target;
  return {
    key,
    account,
    region,
    rule,
    id,
    arn,
    input: input ?? null,
    inputPath: inputPath ?? null,
    inputTransformer: inputTransformer ? JSON.stringify(inputTransformer) : null,
    httpParameters: http ? JSON.stringify(http) : null,
    roleArn: roleArn ?? null,
    retryAttempts,
    retryAge,
  };
}

function checkInput({ id, input, inputPath, inputTransformer }: Target): void {
  const given = [input, inputPath, inputTransformer].filter((each) => each !== undefined);
  if (given.length > 1) {
    throw wrong(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  }
  if (input !== undefined && !isJson(input)) throw wrong(`Input for target ${id} is not valid JSON text.`);
  if (inputPath !== undefined && !parseJsonPath(inputPath)) throw wrong(`InputPath for target ${id} is invalid.`);
  const problem = inputTransformer && transformerProblem(inputTransformer);
  if (problem !== undefined) throw wrong(`InputTemplate for target ${id} ${problem}.`);
}

async function checkDestination(tx: Tx, { id, arn, http }: Target, owner: Owner): Promise<void> {
  const resource = ownEventResource(arn, owner);
  if (resource?.kind !== "api-destination") {
    throw wrong(
      `Parameter ${arn} is not valid. Reason: A target must be an API destination of this account and region.`,
    );
  }
  const destination = await findDestination(tx, owner, resource.name);
  if (!destination || eventArn(owner, { kind: "api-destination", ...destination }) !== arn) {
    throw new Refusal("event-resource-not-found", `An api-destination '${arn}' does not exist.`);
  }
  const wanted = pathVariables(destination.endpoint);
  const given = http?.path.length ?? 0;
  if (given !== wanted) {
    throw wrong(
      `HttpParameters for target ${id} has ${given} PathParameterValues, the endpoint has ${wanted} wildcards.`,
    );
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function wrong(message: string): Refusal {
  return new Refusal("event-value-invalid", message);
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_TARGETS = 5;
