import { deleteArchive } from "#events/archives.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteArchive.html */
export const DeleteArchive: EventBridgeOperation<"DeleteArchive"> = async (input, caller, deps) => {
  await deleteArchive(input.ArchiveName, caller, deps);
};
