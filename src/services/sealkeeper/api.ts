import type { Io, SdkOf } from "#aws/schema.ts";
import type { Operation } from "#aws/service.ts";
import type { Signers } from "#ca/signers.ts";
import type { CertificateStatus } from "#domain/certificate/status.ts";
import type { DeploymentState } from "#domain/deployment/deployment.ts";
import type { CheckName, Outcome, Verdict } from "#domain/rehearsal/rehearsal.ts";
import type { Ids } from "#lib/ids.ts";
import type { NowDeps } from "#rehearsal/now.ts";
import type { CampaignApi } from "./campaign-api.ts";
import { schemas } from "./schemas.ts";

// The types of what schemas.ts states, for handlers and clients.

export interface OfCertificate {
  readonly CertificateArn: string;
}

export interface PageOf {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export interface RecordToWrite {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
}

export interface Lookup {
  readonly Name: string;
  readonly Type: string;
  readonly Server: string;
  readonly Answer?: string | undefined;
  readonly Failure?: string | undefined;
}

export interface RehearsalSummary extends OfCertificate {
  readonly DomainName: string;
  readonly Verdict: Verdict;
  readonly Problem?: string | undefined;
  readonly Record?: RecordToWrite | undefined;
  readonly Owner?: string | undefined;
  readonly RenewsAt?: Date | undefined;
  readonly ActBy?: Date | undefined;
  readonly RehearsedAt: Date;
  /** Since when the verdict and the problem are these; absent where it was not kept. */
  readonly Since?: Date | undefined;
}

export interface Finding {
  readonly Check: CheckName;
  readonly Outcome: Outcome;
  readonly Message: string;
  readonly DomainName?: string | undefined;
  readonly Record?: RecordToWrite | undefined;
  readonly Lookups?: readonly Lookup[] | undefined;
}

export interface Rehearsal extends RehearsalSummary {
  readonly Findings: readonly Finding[];
}

export interface DomainExplanation {
  readonly DomainName: string;
  readonly Purpose: "ISSUE" | "RENEWAL" | "MIGRATION";
  readonly Status: string;
  readonly Problem?: string | undefined;
  readonly Lookups?: readonly Lookup[] | undefined;
  readonly CheckedAt?: Date | undefined;
  readonly CheckAt?: Date | undefined;
}

export interface OrderExplanation {
  readonly Ca: string;
  readonly State: string;
  readonly Version: "in force" | "next";
  readonly ChangedAt: Date;
  readonly Problem?: string | undefined;
  readonly AgainAt?: Date | undefined;
  readonly RenewalWindow?:
    | {
        readonly From: Date;
        readonly To: Date;
        readonly RenewsAt: Date;
        readonly Explanation?: string | undefined;
      }
    | undefined;
}

export interface PlaceShown {
  readonly Edge: string;
  readonly ListenerArn: string;
  readonly Address: string;
  readonly Port: number;
  readonly ReportedSerial?: string | undefined;
  readonly SeenSerial?: string | undefined;
  readonly Problem?: string | undefined;
  readonly SeenAt?: Date | undefined;
}

export interface DeploymentShown {
  readonly LoadBalancerArn: string;
  readonly State: DeploymentState;
  readonly Serial: string;
  readonly ServedSerial: string;
  readonly StartedAt: Date;
  readonly ChangedAt: Date;
  readonly Problem?: string | undefined;
  readonly Places: readonly PlaceShown[];
}

/** What an edge on another machine is, where somebody says it. */
export interface EdgePlanOf {
  readonly EdgeName?: string | undefined;
  readonly Zone?: string | undefined;
  readonly Addresses?: string | undefined;
}

export interface EdgeTokenSummary extends EdgePlanOf {
  readonly TokenId: string;
  readonly CreatedAt: Date;
  readonly ExpiresAt: Date;
  readonly UsedAt?: Date | undefined;
  readonly UsedBy?: string | undefined;
}

export interface EdgeSummary {
  readonly EdgeName: string;
  readonly Zone?: string | undefined;
  readonly Addresses?: string | undefined;
  readonly JoinedAt: Date;
  /** It renews its identity long before. */
  readonly IdentityEndsAt: Date;
  readonly Connected: boolean;
  readonly ConnectedAt?: Date | undefined;
  readonly SeenAt?: Date | undefined;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A machine that target groups name by its instance id. */
export interface HostSummary {
  readonly InstanceId: string;
  readonly Address: string;
  readonly AvailabilityZone: string;
  readonly SubnetId: string;
  readonly VpcId: string;
  readonly SecurityGroupIds: readonly string[];
  readonly Tags: readonly Tag[];
  readonly RegisteredAt: Date;
}

/** Input and output of each operation. */
export interface SealkeeperApi extends CampaignApi {
  readonly CreateEdgeToken: Io<
    EdgePlanOf & { readonly LifetimeSeconds?: number },
    {
      readonly TokenId: string;
      /** It is answered here and nowhere else. */
      readonly Token: string;
      readonly ExpiresAt: Date;
      readonly Endpoints: readonly string[];
      /** Of the CA by which the control plane proves itself to edges; the token has it, too. */
      readonly Fingerprint: string;
    }
  >;
  readonly DeregisterHost: Io<{ readonly InstanceId: string }>;
  readonly DescribeDeployments: Io<OfCertificate, { readonly Deployments: readonly DeploymentShown[] }>;
  readonly DescribeRehearsal: Io<OfCertificate, { readonly Rehearsal: Rehearsal }>;
  readonly ExplainCertificate: Io<
    OfCertificate,
    {
      readonly Status: CertificateStatus;
      readonly Trouble: string | undefined;
      readonly Domains: readonly DomainExplanation[];
      readonly Orders: readonly OrderExplanation[];
    }
  >;
  readonly GetRehearsalSummary: Io<
    object,
    {
      readonly FinishedAt?: Date | undefined;
      readonly WouldRenew?: number | undefined;
      readonly WouldNotRenew?: number | undefined;
      readonly NotRenewedByUs?: number | undefined;
    }
  >;
  readonly ListCertificateRegions: Io<object, { readonly Regions: readonly string[] }>;
  readonly ListEdges: Io<PageOf, { readonly Edges: readonly EdgeSummary[]; readonly NextToken: string | undefined }>;
  readonly ListEdgeTokens: Io<
    PageOf,
    { readonly Tokens: readonly EdgeTokenSummary[]; readonly NextToken: string | undefined }
  >;
  readonly ListHosts: Io<PageOf, { readonly Hosts: readonly HostSummary[]; readonly NextToken: string | undefined }>;
  readonly ListRehearsals: Io<
    PageOf & { readonly Verdict?: Verdict; readonly Owner?: string },
    { readonly Rehearsals: readonly RehearsalSummary[]; readonly NextToken: string | undefined }
  >;
  readonly RegisterHost: Io<
    {
      readonly Address: string;
      readonly InstanceId?: string;
      readonly SubnetId?: string;
      readonly AvailabilityZone?: string;
      readonly SecurityGroupIds?: readonly string[];
      readonly Tags?: readonly { readonly Key: string; readonly Value?: string }[];
    },
    { readonly Host: HostSummary }
  >;
  readonly RehearseCertificate: Io<OfCertificate, { readonly Rehearsal: Rehearsal }>;
  readonly RehearseCertificates: Io<
    PageOf,
    { readonly Rehearsals: readonly Rehearsal[]; readonly NextToken: string | undefined }
  >;
  readonly RemoveEdge: Io<{ readonly EdgeName: string }>;
  readonly RevokeEdgeToken: Io<{ readonly TokenId: string }>;
}

type ErrorNames =
  | "AccessDeniedException"
  | "ConflictException"
  | "InvalidArnException"
  | "InvalidNextTokenException"
  | "InvalidParameterException"
  | "InvalidStateException"
  | "LimitExceededException"
  | "ResourceNotFoundException";

export type SealkeeperSdk = SdkOf<SealkeeperApi, ErrorNames>;

/** The model that is mounted: of an SDK package only its schemas are read. */
export const sdk: SealkeeperSdk = schemas as unknown as SealkeeperSdk;

export interface SealkeeperDeps extends NowDeps {
  readonly ids: Ids;
  readonly signers: Signers;
  /** How edges on other machines reach us; none where they cannot. */
  readonly fleetUrls: readonly string[];
}

export type SealkeeperOperation<Name extends keyof SealkeeperApi> = Operation<SealkeeperSdk, Name, SealkeeperDeps>;
