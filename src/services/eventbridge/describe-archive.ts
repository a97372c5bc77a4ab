import { describeArchive } from "#events/archives.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { archiveShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeArchive.html */
export const DescribeArchive: EventBridgeOperation<"DescribeArchive"> = async (input, caller, deps) => {
  const archive = await describeArchive(input.ArchiveName, caller, deps);
  const { arn, description, pattern } = archive;
  return {
    ...archiveShown(archive),
    ArchiveArn: arn,
    ...(description === null ? {} : { Description: description }),
    ...(pattern === null ? {} : { EventPattern: pattern }),
  };
};
