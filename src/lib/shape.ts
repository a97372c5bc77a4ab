/** Tells whether a value that came from outside is a `T`. Objects may have more members than are asked for. */
export type Shape<T> = (value: unknown) => value is T;

/** Text of up to `most` UTF-16 units. */
export function text(most: number): Shape<string> {
  return (value): value is string => typeof value === "string" && value.length <= most;
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): Shape<number> {
  return (value): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

/** Any finite number. */
export const number: Shape<number> = (value): value is number => Number.isFinite(value);

export const flag: Shape<boolean> = (value): value is boolean => typeof value === "boolean";

export function oneOf<const T extends string | number>(...values: readonly T[]): Shape<T> {
  return (value): value is T => values.some((one) => one === value);
}

export function list<T>(item: Shape<T>, most: number): Shape<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.length <= most && value.every(item);
}

/** An object of any names whose values are all alike. */
export function dictionary<T>(item: Shape<T>, most: number): Shape<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => {
    if (!isObject(value)) return false;
    const values = Object.values(value);
    return values.length <= most && values.every(item);
  };
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value): value is T | undefined => value === undefined || shape(value);
}

/** An object with these members, each of its shape; `optional` ones may be missing. */
export function object(members: Readonly<Record<string, Shape<unknown>>>): Shape<object> {
  const shapes = Object.entries(members);
  return (value): value is object =>
    isObject(value) && shapes.every(([name, shape]) => shape(Object.hasOwn(value, name) ? value[name] : undefined));
}

/** One of several kinds of object. */
export function union(...kinds: readonly Shape<object>[]): Shape<object> {
  return (value): value is object => kinds.some((kind) => kind(value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
