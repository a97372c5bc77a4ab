import type { Act } from "#journal/journal.ts";

/** What is written down of a change of the root of custody: it is the operator's, of no account. */
export function rootAct(eventName: "MoveRoot" | "FinishRootMove" | "RotateRoot" | "DestroyRootKey", id: string): Act {
  const by = { account: "", region: "", principal: "custody.sealkeeper", requestId: "" };
  return { ...by, eventSource: "custody.sealkeeper", eventName, resource: `root:${id}` };
}
