import { comparable, fieldsOf } from "./rdata/fields.ts";
import { rdata, valueProblem } from "./rdata/rdata.ts";
import type { RecordSet, RecordType } from "./record-set.ts";

/** Whether two sets say the same: AWS deletes only what is named exactly. The order of values says nothing. */
export function isSameSet(a: RecordSet, b: RecordSet): boolean {
  if (a.content.kind === "alias" || b.content.kind === "alias") return isSameAlias(a.content, b.content);
  const forms = ({ type }: RecordSet, values: readonly string[]) =>
    values.map((value) => valueForm(type, value)).sort();
  return (
    a.content.ttl === b.content.ttl &&
    JSON.stringify(forms(a, a.content.values)) === JSON.stringify(forms(b, b.content.values))
  );
}

function isSameAlias(a: RecordSet["content"], b: RecordSet["content"]): boolean {
  return (
    a.kind === "alias" &&
    b.kind === "alias" &&
    a.target === b.target &&
    a.zoneId === b.zoneId &&
    a.evaluateTargetHealth === b.evaluateTargetHealth
  );
}

/** Equal for values that mean the same. */
export function valueForm(type: RecordType, value: string): string {
  return valueProblem(type, value) === undefined
    ? rdata(type, value).toString("hex")
    : fieldsOf(value).map(comparable).join(" ");
}
