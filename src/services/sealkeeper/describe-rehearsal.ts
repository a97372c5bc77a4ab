import { describeRehearsal } from "#rehearsal/describe.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownKept } from "./wire.ts";

/** The latest rehearsal of a certificate, with everything that was found. */
export const DescribeRehearsal: SealkeeperOperation<"DescribeRehearsal"> = async (
  { CertificateArn },
  caller,
  deps,
) => ({ Rehearsal: shownKept(await describeRehearsal(CertificateArn, caller, deps)) });
