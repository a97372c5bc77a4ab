/** Things by the names that they are for. A change costs what it changes, however much there is. */
export interface NameIndex<T> {
  /** In the order in which they came. */
  of(name: string): readonly T[] | undefined;
  add(names: readonly string[], one: T): void;
  remove(names: readonly string[], one: T): void;
}

export function nameIndex<T>(): NameIndex<T> {
  const byName = new Map<string, readonly T[]>();
  return {
    of: (name) => byName.get(name),
    add(names, one) {
      const alone = [one];
      for (const name of names) {
        const known = byName.get(name);
        if (!known) byName.set(name, alone);
        else if (!known.includes(one)) byName.set(name, [...known, one]);
      }
    },
    remove(names, one) {
      for (const name of names) {
        const left = byName.get(name)?.filter((other) => other !== one);
        if (left && left.length > 0) byName.set(name, left);
        else byName.delete(name);
      }
    },
  };
}
