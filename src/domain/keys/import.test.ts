import fc from "fast-check";
import { expect, test } from "vitest";
import { checkWrapping, type Place, placeOf, readExpiration, type WrappingAlgorithm } from "./import.ts";
import { KEY_SPECS, type KeySpec } from "./key-specs.ts";

const NOTHING_SAID = { type: undefined, materialId: undefined, isReplica: false } as const;
const versions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ version: index + 1, materialId: `m${index + 1}` }));

function place(...asked: Parameters<typeof placeOf>): Place | string {
  try {
    return placeOf(...asked);
  } catch (error) {
    return (error as Error).message;
  }
}

test("the first material is new and the same later exists, without anybody saying so", () => {
  expect(place("m1", { known: [], current: 1 }, NOTHING_SAID)).toEqual({ version: 1, isNew: true });
  expect(place("m1", { known: versions(1), current: 1 }, NOTHING_SAID)).toEqual({ version: 1, isNew: false });
  expect(place("m2", { known: versions(1), current: 1 }, NOTHING_SAID)).toContain("none that was imported");
});

test("new material is the next version, if none waits already; a replica has none of its own", () => {
  const type = "NEW_KEY_MATERIAL";
  expect(place("m3", { known: versions(2), current: 2 }, { ...NOTHING_SAID, type })).toEqual({
    version: 3,
    isNew: true,
  });
  expect(place("m4", { known: versions(3), current: 2 }, { ...NOTHING_SAID, type })).toContain(
    "waits for its rotation",
  );
  expect(place("m3", { known: versions(2), current: 2 }, { type, materialId: undefined, isReplica: true })).toContain(
    "cannot be imported into a replica key",
  );
});

test("whatever is asked: what is new was not known, what exists keeps its version, and nothing else is placed", () => {
  const asked = fc.record({
    type: fc.constantFrom(undefined, "NEW_KEY_MATERIAL" as const, "EXISTING_KEY_MATERIAL" as const),
    materialId: fc.constantFrom(undefined, "m1", "m2", "m9"),
    isReplica: fc.boolean(),
  });
  const key = fc.record({ count: fc.integer({ min: 0, max: 4 }), pending: fc.boolean() }).map(({ count, pending }) => ({
    known: versions(count),
    current: Math.max(1, count - (pending && count > 1 ? 1 : 0)),
  }));
  fc.assert(
    fc.property(
      fc.constantFrom("m1", "m2", "m3", "m4", "m5"),
      key,
      asked,
      (materialId, { known, current }, request) => {
        const found = place(materialId, { known, current }, request);
        if (typeof found === "string") return;
        const same = known.find((one) => one.materialId === materialId);
        expect(found.isNew).toBe(same === undefined);
        expect(found.version).toBe(same?.version ?? (known.length === 0 ? 1 : current + 1));
        if (found.isNew) expect(request.isReplica).toBe(false);
      },
    ),
  );
});

test("every importable spec has a way to be wrapped, and an RSA key only one in two steps", () => {
  const algorithms: readonly WrappingAlgorithm[] = ["RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_256"];
  const taken = (spec: KeySpec) =>
    algorithms.filter((algorithm) => {
      try {
        checkWrapping(spec, algorithm, "RSA_2048");
        return true;
      } catch {
        return false;
      }
    });
  for (const spec of Object.keys(KEY_SPECS) as KeySpec[]) {
    if (spec.startsWith("ML_")) continue;
    const twoSteps = spec.startsWith("RSA_") || spec === "ECC_NIST_P521";
    const oneStep = spec === "SYMMETRIC_DEFAULT" || spec.startsWith("HMAC_");
    expect([spec, taken(spec)]).toEqual([spec, algorithms.slice(twoSteps ? 1 : 0, oneStep ? 1 : 2)]);
  }
});

test("an end is in the future and within 365 days, or there is none", () => {
  const now = new Date("2026-11-22T00:00:00Z");
  const at = (ms: number) => new Date(now.getTime() + ms);
  const year = 365 * 86_400_000;
  expect(readExpiration("KEY_MATERIAL_DOES_NOT_EXPIRE", undefined, now)).toBeUndefined();
  expect(readExpiration(undefined, at(year), now)).toEqual(at(year));
  expect(readExpiration("KEY_MATERIAL_EXPIRES", at(1), now)).toEqual(at(1));
  for (const wrong of [0, -1, year + 1])
    expect(() => readExpiration(undefined, at(wrong), now)).toThrow("ValidTo must be");
});
