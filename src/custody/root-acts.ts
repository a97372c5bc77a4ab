import type { Act } from "#journal/journal.ts";

/** What is written down of a change of the root of custody: it is the operator's, of no account. */
export function rootAct(eventName: RootEvent, id: string, detail?: Readonly<Record<string, string>>): Act {
  const by = { account: "", region: "", principal: "custody.sealkeeper", requestId: "" };
  return { ...by, eventSource: "custody.sealkeeper", eventName, resource: `root:${id}`, ...(detail && { detail }) };
}

/** Of a root: MoveRoot, FinishRootMove. Of a custody key: the others; `wrappedBy` is the root that opens it. */
type RootEvent = "MoveRoot" | "FinishRootMove" | "CreateRootKey" | "WrapRootKey" | "RotateRoot" | "DestroyRootKey";
