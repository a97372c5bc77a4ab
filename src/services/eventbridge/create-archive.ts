import { createArchive } from "#events/archives.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { refuse } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateArchive.html */
export const CreateArchive: EventBridgeOperation<"CreateArchive"> = async (input, caller, deps) => {
  refuse({ KmsKeyIdentifier: input.KmsKeyIdentifier });
  const archive = {
    name: input.ArchiveName,
    source: input.EventSourceArn,
    pattern: input.EventPattern,
    description: input.Description,
    retentionDays: input.RetentionDays ?? 0,
  };
  const { arn, createdAt } = await createArchive(archive, caller, deps);
  return { ArchiveArn: arn, State: "ENABLED", CreationTime: new Date(createdAt) };
};
