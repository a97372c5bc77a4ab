import { isObject } from "./pattern-problem.ts";

/** A path into an event, such as `$.detail.people[0].name`: dots, indices and `*`, as EventBridge has them. */
export interface JsonPath {
  readonly steps: readonly (string | number)[];
}

/** Undefined for what is no such path. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!/^\$(\.[\w/-]+|\.\*|\[(\d{1,5}|\*)\])*$/.test(text)) return undefined;
  const steps = [...text.matchAll(/\.([\w/-]+|\*)|\[(\d+|\*)\]/g)].map(([, name, index]) =>
    name !== undefined ? name : index === "*" ? "*" : Number(index),
  );
  return { steps };
}

/** What stands there; undefined when nothing does. `*` makes a list of what it finds. */
export function atPath(value: unknown, { steps }: JsonPath): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step === "*") {
    const inner = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    const found = inner.map((each: unknown) => atPath(each, { steps: rest })).filter((each) => each !== undefined);
    return found.length > 0 ? found : undefined;
  }
  if (typeof step === "number") return Array.isArray(value) ? atPath(value[step], { steps: rest }) : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? atPath(value[step], { steps: rest }) : undefined;
}
