import { updateArchive } from "#events/archives.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { refuse } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateArchive.html */
export const UpdateArchive: EventBridgeOperation<"UpdateArchive"> = async (input, caller, deps) => {
  const { ArchiveName, EventPattern, Description, RetentionDays } = input;
  refuse({ KmsKeyIdentifier: input.KmsKeyIdentifier });
  const change = {
    ...(EventPattern === undefined ? {} : { pattern: EventPattern }),
    ...(Description === undefined ? {} : { description: Description }),
    ...(RetentionDays === undefined ? {} : { retentionDays: RetentionDays }),
  };
  const { arn, createdAt } = await updateArchive(ArchiveName, change, caller, deps);
  return { ArchiveArn: arn, State: "ENABLED", CreationTime: new Date(createdAt) };
};
