import * as sdk from "@aws-sdk/client-route-53";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { ZoneRefusal } from "#domain/zones/refusals.ts";
import { access, resourcesOf } from "./access.ts";
import { ChangeResourceRecordSets } from "./change-resource-record-sets.ts";
import { ChangeTagsForResource } from "./change-tags-for-resource.ts";
import { CreateHostedZone } from "./create-hosted-zone.ts";
import { DeleteHostedZone } from "./delete-hosted-zone.ts";
import { refusals } from "./errors.ts";
import { GetChange } from "./get-change.ts";
import { GetDNSSEC } from "./get-dnssec.ts";
import { GetHostedZone } from "./get-hosted-zone.ts";
import { GetHostedZoneCount } from "./get-hosted-zone-count.ts";
import { ListHostedZones } from "./list-hosted-zones.ts";
import { ListHostedZonesByName } from "./list-hosted-zones-by-name.ts";
import { ListResourceRecordSets } from "./list-resource-record-sets.ts";
import { ListTagsForResource } from "./list-tags-for-resource.ts";
import { ListTagsForResources } from "./list-tags-for-resources.ts";
import type { Route53Deps } from "./operation.ts";
import { rules } from "./rules.ts";
import { TestDNSAnswer } from "./test-dns-answer.ts";
import { UpdateHostedZoneComment } from "./update-hosted-zone-comment.ts";

/** Amazon Route 53. One file per operation; this is the list of them. */
export const route53: Service<typeof sdk, Route53Deps, ZoneRefusal> = {
  name: "route53",
  sdk,
  facts: FACTS.route53,
  operations: {
    ChangeResourceRecordSets,
    ChangeTagsForResource,
    CreateHostedZone,
    DeleteHostedZone,
    GetChange,
    GetDNSSEC,
    GetHostedZone,
    GetHostedZoneCount,
    ListHostedZones,
    ListHostedZonesByName,
    ListResourceRecordSets,
    ListTagsForResource,
    ListTagsForResources,
    TestDNSAnswer,
    UpdateHostedZoneComment,
  },
  access,
  resourcesOf,
  rules,
  refusals,
};
