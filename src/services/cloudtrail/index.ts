import * as sdk from "@aws-sdk/client-cloudtrail";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { EvidenceRefusal } from "#domain/evidence/refusals.ts";
import { refusals } from "./errors.ts";
import { LookupEvents } from "./lookup-events.ts";
import type { CloudTrailDeps } from "./operation.ts";
import { rules } from "./rules.ts";
import { DescribeTrails, GetTrailStatus, ListTrails } from "./trails.ts";

/** AWS CloudTrail, as far as looking up events goes; they are the journal's. */
export const cloudtrail: Service<typeof sdk, CloudTrailDeps, EvidenceRefusal> = {
  name: "cloudtrail",
  sdk,
  facts: FACTS.cloudtrail,
  operations: { DescribeTrails, GetTrailStatus, ListTrails, LookupEvents },
  rates: { LookupEvents: 2 },
  rules,
  refusals,
};
