import type { HostedZone } from "#domain/zones/hosted-zone.ts";
import type { RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES, type RecordType } from "#domain/zones/record-set.ts";
import type { ResponseCode } from "./message.ts";
import { resolve } from "./resolve.ts";
import { findSpeaker } from "./speaker.ts";
import type { ZoneDeps } from "./zone-deps.ts";

/** What the name servers answer for a name of this zone; REFUSED when another zone has the right to speak for the name. */
export async function testAnswer(
  zone: HostedZone,
  name: RecordName,
  type: RecordType,
  deps: ZoneDeps,
): Promise<{ readonly code: ResponseCode; readonly values: readonly string[] }> {
  if ((await findSpeaker(name, RECORD_TYPES[type], deps))?.zone.id !== zone.id) return { code: "REFUSED", values: [] };
  const { code, answers } = await resolve(name, RECORD_TYPES[type], deps);
  const asked = answers.filter((record) => record.type === RECORD_TYPES[type]);
  return { code, values: asked.map(({ value }) => value) };
}
