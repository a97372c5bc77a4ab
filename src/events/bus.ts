import { DEFAULT_BUS, eventArn } from "#domain/events/arns.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";

/** That a bus is the account's own, given by name or ARN. Throws `event-resource-not-found` for any other. */
export function checkBus(bus: string | undefined, owner: Owner): void {
  if (bus === undefined || bus === DEFAULT_BUS || bus === busArn(owner)) return;
  throw new Refusal("event-resource-not-found", `Event bus ${bus} does not exist.`);
}

export function busArn(owner: Owner): string {
  return eventArn(owner, { kind: "event-bus", name: DEFAULT_BUS });
}
