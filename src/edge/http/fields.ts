/** A header field, or one of a trailer section. */
export interface Field {
  /** As it was written. */
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  /** Without white space around it; each character is a byte (latin1). */
  readonly value: string;
}

/** In the order they came, `Host` and HTTP/2's pseudo fields excepted. */
export type Fields = readonly Field[];

/** What a field said that is not passed on, because it is about the connection or the framing of its message. */
export type Withheld = Pick<Field, "key" | "value">;

/** A field of our own. */
export function field(name: string, value: string): Field {
  return { name, key: name.toLowerCase(), value };
}

/** The value of the first field of that name, which is given in lower case. */
export function firstValue(fields: Fields, key: string): string | undefined {
  for (const one of fields) if (one.key === key) return one.value;
  return undefined;
}

/** The values of all fields of that name, which is given in lower case. */
export function allValues(fields: Fields, key: string): string[] {
  const values: string[] = [];
  for (const one of fields) if (one.key === key) values.push(one.value);
  return values;
}
