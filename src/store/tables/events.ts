import type { Generated } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { AccountId, Region } from "#domain/names.ts";
import type { EpochMillis, Fixed, Flag } from "./types.ts";

export interface EventTables {
  /** What happened, for those outside: the outbox, and for as long as it is kept, the archive. */
  events: {
    position: Generated<number>;
    id: Fixed<string>;
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    source: Fixed<string>;
    detailType: Fixed<string>;
    /** What keeps its order: the first resource, or the event's own id where it names none. */
    lane: Fixed<string>;
    at: Fixed<EpochMillis>;
    /** JSON, as it is delivered. */
    body: Fixed<string>;
    /** Whether it was decided who is to have it. */
    routed: Flag;
  };
  /** Who is still to have an event; the row goes when it was taken. */
  eventDeliveries: {
    /** `webhook:<url>`, `stdout`, or the key of a rule's target. */
    target: Fixed<string>;
    /** Deliveries of one target and lane follow each other. */
    lane: Fixed<string>;
    position: Fixed<number>;
    /** The name of the replay that it belongs to; empty for the first delivery. */
    replay: Fixed<string>;
    /** DEAD: given up, kept to be seen and sent again. */
    state: "PENDING" | "DEAD";
    attempts: number;
    /** When it was first to be delivered. */
    since: EpochMillis;
    nextAt: EpochMillis;
    lastError: string | null;
  };
  /** Who has every event, by the settings of the nodes: `webhook:<url>` or `stdout`. */
  eventSubscribers: {
    target: Fixed<string>;
  };
  eventRules: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    name: Fixed<string>;
    /** JSON, as it was given. */
    pattern: string;
    state: RuleState;
    description: string | null;
    roleArn: string | null;
    createdAt: Fixed<EpochMillis>;
  };
  eventTargets: {
    /** Names it in deliveries: it stays when the target is changed. */
    key: Fixed<string>;
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    rule: Fixed<string>;
    id: Fixed<string>;
    arn: string;
    input: string | null;
    inputPath: string | null;
    /** JSON: InputTransformer and HttpParameters as EventBridge shows them. */
    inputTransformer: string | null;
    httpParameters: string | null;
    roleArn: string | null;
    retryAttempts: number;
    /** Seconds. */
    retryAge: number;
  };
  eventConnections: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    name: Fixed<string>;
    id: Fixed<string>;
    description: string | null;
    authorizationType: "API_KEY" | "BASIC";
    state: "AUTHORIZED" | "DEAUTHORIZED";
    /** JSON: what may be shown of the authorization. */
    parameters: string;
    /** JSON with all of it, sealed by the root of custody; null once deauthorized. */
    sealed: Uint8Array | null;
    createdAt: Fixed<EpochMillis>;
    modifiedAt: EpochMillis;
    authorizedAt: EpochMillis | null;
  };
  apiDestinations: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    name: Fixed<string>;
    id: Fixed<string>;
    description: string | null;
    /** Name and id of its connection: another one of the same name is not meant. */
    connection: string;
    connectionId: string;
    endpoint: string;
    method: string;
    /** Calls a second. */
    rateLimit: number;
    createdAt: Fixed<EpochMillis>;
    modifiedAt: EpochMillis;
  };
  eventTags: {
    resourceArn: Fixed<string>;
    tagKey: Fixed<string>;
    tagValue: string;
  };
  /** A view on the events that are kept: what matches, since it was made. */
  eventArchives: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    name: Fixed<string>;
    pattern: string | null;
    description: string | null;
    /** 0: for as long as events are kept. */
    retentionDays: number;
    createdAt: Fixed<EpochMillis>;
  };
  eventReplays: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    name: Fixed<string>;
    archive: Fixed<string>;
    description: Fixed<string | null>;
    fromTime: Fixed<EpochMillis>;
    toTime: Fixed<EpochMillis>;
    /** JSON list of rule ARNs; null for all. */
    rules: Fixed<string | null>;
    state: ReplayState;
    stateReason: string | null;
    /** The place of the last event that was replayed. */
    reachedAt: EpochMillis | null;
    reached: number;
    startedAt: Fixed<EpochMillis>;
    endedAt: EpochMillis | null;
  };
  /** What was said already of the version in force, so that it is said once. */
  certificateNotices: {
    certificateArn: Fixed<CertificateArn>;
    generation: number;
    /** DaysToExpiry of the last "Approaching Expiration". */
    approaching: number | null;
    /** The day, of those on which it is said, of the last "Renewal Action Required". */
    action: number | null;
    overdue: Flag;
  };
  /** How far the look at what is near its end has come, for each account and region that ever had a certificate. */
  certificateSweeps: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    /** The place of the last certificate looked at; null between two sweeps. */
    cursorNotAfter: EpochMillis | null;
    cursorArn: string | null;
    /** JSON: counted so far in this sweep, and in all of the last. */
    counts: string;
    totals: string | null;
    finishedAt: EpochMillis | null;
  };
  /** From when until when which version was in force: what the metrics of a certificate are computed from. */
  certificateTerms: {
    id: Generated<number>;
    certificateArn: Fixed<CertificateArn>;
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    since: Fixed<EpochMillis>;
    /** Null while it is in force. */
    until: EpochMillis | null;
    notAfter: Fixed<EpochMillis>;
    /** Whether it was to be renewed here. */
    managed: Fixed<Flag>;
    overdueSince: EpochMillis | null;
    overdueUntil: EpochMillis | null;
  };
  /** What came of the orders of ACME clients. */
  acmeIssuances: {
    id: Generated<number>;
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    endpointArn: Fixed<string>;
    at: Fixed<EpochMillis>;
    succeeded: Fixed<Flag>;
  };
}

export type RuleState = "ENABLED" | "DISABLED" | "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

export type ReplayState = "STARTING" | "RUNNING" | "CANCELLING" | "CANCELLED" | "COMPLETED" | "FAILED";
