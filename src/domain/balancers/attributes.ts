import { Refusal } from "#domain/refusal.ts";

/** What one attribute is when nobody set it, and which values it takes. */
export interface AttributeRule {
  readonly default: string;
  /** Undefined for a good value, else what the value must be. */
  readonly check: (value: string) => string | undefined;
}

/** The attributes of one kind of resource, in the order in which they are shown. */
export type AttributeTable = Readonly<Record<string, AttributeRule>>;

/** What a table belongs to, for messages: `{ resource: "Load balancer", on: "load balancers with type 'network'" }`. */
export interface AttributeOwner {
  readonly resource: string;
  readonly on: string;
  readonly table: AttributeTable;
  /** Attributes that exist, though not for this kind. */
  readonly elsewhere: readonly AttributeTable[];
  /** Undefined when the values of all attributes go together, else what is wrong. */
  readonly conflict?: (attributes: Readonly<Record<string, string>>) => string | undefined;
}

/** Every attribute with its value, set or default. */
export function everyAttribute(
  table: AttributeTable,
  set: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(table).map(([key, rule]) => [key, set[key] ?? rule.default]));
}

/**
 * The values that are set after `changes`, a list of keys and values. Throws `balancer-input-invalid` for an unknown key,
 * one that is named twice or a bad value, `balancer-configuration-invalid` for a key of another kind of resource and for
 * values that do not go together.
 */
export function changedAttributes(
  owner: AttributeOwner,
  set: Readonly<Record<string, string>>,
  changes: readonly (readonly [key: string, value: string])[],
): Readonly<Record<string, string>> {
  const changed = new Map(Object.entries(set));
  const seen = new Set<string>();
  for (const [key, value] of changes) {
    if (seen.has(key)) refuse(`${owner.resource} attribute key '${key}' was specified more than once`);
    seen.add(key);
    const wrong = ruleOf(owner, key).check(value);
    if (wrong !== undefined) refuse(`'${key}' value '${value}' ${wrong}`);
    changed.set(key, value);
  }
  const after = Object.fromEntries(changed);
  const conflict = owner.conflict?.(everyAttribute(owner.table, after));
  if (conflict !== undefined) throw new Refusal("balancer-configuration-invalid", conflict);
  return after;
}

/** `true` or `false`. */
export function flag(standard: boolean): AttributeRule {
  return oneOf(String(standard), ["true", "false"]);
}

/** Must keep its default: what another value would ask for is not there, and nothing is pretended. */
export function fixed(standard: string, why: string): AttributeRule {
  return { default: standard, check: (value) => (value === standard ? undefined : `is not possible: ${why}`) };
}

/** A whole number; `or` names words that are allowed as well. */
export function whole(standard: string, least: number, most: number, or: readonly string[] = []): AttributeRule {
  return {
    default: standard,
    check: (value) => {
      const fits = /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most;
      const words = or.map((word) => `'${word}' or `).join("");
      return fits || or.includes(value) ? undefined : `must be ${words}between '${least}-${most}' inclusive`;
    },
  };
}

export function oneOf(standard: string, values: readonly string[]): AttributeRule {
  return {
    default: standard,
    check: (value) => (values.includes(value) ? undefined : `must be one of [${values.join(", ")}]`),
  };
}

/** Free text; empty unless set. */
export function text(pattern: RegExp, otherwise: string): AttributeRule {
  return { default: "", check: (value) => (value === "" || pattern.test(value) ? undefined : otherwise) };
}

function ruleOf({ resource, on, table, elsewhere }: AttributeOwner, key: string): AttributeRule {
  const rule = Object.hasOwn(table, key) ? table[key] : undefined;
  if (rule) return rule;
  if (elsewhere.some((other) => Object.hasOwn(other, key))) {
    throw new Refusal("balancer-configuration-invalid", `${resource} attribute key '${key}' is not supported on ${on}`);
  }
  return refuse(`${resource} attribute key '${key}' is not recognized`);
}

function refuse(message: string): never {
  throw new Refusal("balancer-input-invalid", message);
}
