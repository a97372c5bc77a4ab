import fc from "fast-check";
import { expect, test } from "vitest";
import { newAgenda } from "./agenda.ts";

test("whatever was set, moved and removed: the earliest comes first, and of one moment the lowest number", () => {
  const change = fc.record({ subject: fc.nat(19), time: fc.option(fc.nat(9), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const agenda = newAgenda(20);
      const model = new Map<number, number>();
      for (const { subject, time } of changes) {
        if (time === undefined) agenda.remove(subject);
        else agenda.set(subject, time);
        if (time === undefined) model.delete(subject);
        else model.set(subject, time);
        const [first] = [...model].sort(([a, one], [b, other]) => one - other || a - b);
        expect(agenda.first()).toBe(first?.[0] ?? -1);
        expect(agenda.timeOf(subject)).toBe(model.get(subject) ?? Number.POSITIVE_INFINITY);
      }
      const order: number[] = [];
      for (let next = agenda.first(); next >= 0; next = agenda.first()) {
        order.push(next);
        agenda.remove(next);
      }
      expect(order).toEqual(
        [...model].sort(([a, one], [b, other]) => one - other || a - b).map(([subject]) => subject),
      );
    }),
  );
});
