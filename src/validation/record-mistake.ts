import { shownName } from "#dns/resolved-record.ts";
import type { Resolved } from "#dns/resolver.ts";
import { ancestry, labelsOf, parentOf, parseRecordName, type RecordName } from "#domain/zones/record-name.ts";
import type { View } from "./view.ts";

/** Looks where a record often ends up by mistake, when it is not where it should be: a sentence for its owner. */
export async function findRecordMistake(start: RecordName, expected: string, view: View): Promise<string | undefined> {
  const domain = parentOf(start);
  const zones = ancestry(domain).filter((zone) => labelsOf(zone).length >= 2);
  for (const zone of zones.slice(-MOST_ZONES).reverse()) {
    const doubled = parseRecordName(`${start}${zone}`);
    if (doubled && has(await view.ask(doubled, "CNAME"), expected)) {
      const [short] = start.split(`.${zone}`);
      return `It stands at ${shownName(doubled)}: the domain was appended twice. Enter the name as "${short}", or with a dot at its end.`;
    }
  }
  if (has(await view.ask(domain, "CNAME"), expected)) {
    return `Its value stands at ${shownName(domain)} itself: the record's name must be ${shownName(start)}.`;
  }
  if (has(await view.ask(start, "TXT"), expected))
    return "Its value stands there in a TXT record: the type must be CNAME.";
  return undefined;
}

/** Whether one of the values is the expected one. */
export function has(resolved: Resolved, expected: string): boolean {
  return valuesOf(resolved).some((answer) => isExpected(answer, expected));
}

export function valuesOf(resolved: Resolved): readonly string[] {
  return resolved.kind === "records" ? resolved.records.map(({ value }) => value) : [];
}

/** Some providers drop the underscore at the beginning of a value; ACM takes it so. */
export function isExpected(answer: string, expected: string): boolean {
  const given = shownName(answer).toLowerCase();
  const wanted = shownName(expected).toLowerCase();
  return given === wanted || `_${given}` === wanted;
}

const MOST_ZONES = 3;
