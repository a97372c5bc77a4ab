import type { AcmOperationTables } from "./tables/acm-operations.ts";
import type { AcmeTables } from "./tables/acme.ts";
import type { BalancerTables } from "./tables/balancers.ts";
import type { CaTables } from "./tables/ca.ts";
import type { CampaignTables } from "./tables/campaigns.ts";
import type { CertificateTables } from "./tables/certificates.ts";
import type { CustodyTables } from "./tables/custody.ts";
import type { DeploymentTables } from "./tables/deployments.ts";
import type { EdgeTables } from "./tables/edges.ts";
import type { EventTables } from "./tables/events.ts";
import type { FleetTables } from "./tables/fleet.ts";
import type { IamTables } from "./tables/iam.ts";
import type { IdentityTables } from "./tables/identity.ts";
import type { JobTables } from "./tables/jobs.ts";
import type { JournalTables } from "./tables/journal.ts";
import type { KeyTables } from "./tables/keys.ts";
import type { MailTables } from "./tables/mail.ts";
import type { MetricTables } from "./tables/metrics.ts";
import type { NetworkTables } from "./tables/networks.ts";
import type { PrivateCaTables } from "./tables/private-ca.ts";
import type { RehearsalTables } from "./tables/rehearsals.ts";
import type { TransparencyTables } from "./tables/transparency.ts";
import type { UpstreamTables } from "./tables/upstream.ts";
import type { ZoneTables } from "./tables/zones.ts";

/** Every table, with its columns in camel case; the SQL names are the same in snake case. One file per area. */
export interface Tables
  extends AcmOperationTables,
    AcmeTables,
    BalancerTables,
    CaTables,
    CampaignTables,
    CertificateTables,
    CustodyTables,
    DeploymentTables,
    EdgeTables,
    EventTables,
    FleetTables,
    IamTables,
    IdentityTables,
    JobTables,
    JournalTables,
    KeyTables,
    MailTables,
    MetricTables,
    NetworkTables,
    TransparencyTables,
    UpstreamTables,
    PrivateCaTables,
    RehearsalTables,
    ZoneTables {}
