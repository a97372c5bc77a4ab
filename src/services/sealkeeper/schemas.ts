import type { StaticErrorSchema, StaticOperationSchema } from "@smithy/types";
import { SHAPE, shapesOf } from "#aws/schema.ts";
import { campaignSchemas } from "./campaign-schemas.ts";

// The model of Sealkeeper's own API, version 2026-04-01: what ACM's has no place for.
const { structure, listOf, operation, failure } = shapesOf("internal.sealkeeper");
const { text: TEXT, number: NUMBER, time: TIME, flag: FLAG } = SHAPE;

const OF_CERTIFICATE = { CertificateArn: TEXT };
const PAGE = { MaxResults: NUMBER, NextToken: TEXT };

const RecordToWrite = structure("RecordToWrite", { Name: TEXT, Type: TEXT, Value: TEXT });
const Lookups = listOf(
  "LookupList",
  structure("Lookup", { Name: TEXT, Type: TEXT, Server: TEXT }, { Answer: TEXT, Failure: TEXT }),
);
const SUMMARY = {
  DomainName: TEXT,
  Verdict: TEXT,
  Problem: TEXT,
  Record: RecordToWrite,
  Owner: TEXT,
  RenewsAt: TIME,
  ActBy: TIME,
  RehearsedAt: TIME,
  Since: TIME,
};
const RehearsalSummary = structure("RehearsalSummary", OF_CERTIFICATE, SUMMARY);
const Rehearsal = structure("Rehearsal", OF_CERTIFICATE, {
  ...SUMMARY,
  Findings: listOf(
    "FindingList",
    structure(
      "Finding",
      { Check: TEXT, Outcome: TEXT, Message: TEXT },
      { DomainName: TEXT, Record: RecordToWrite, Lookups },
    ),
  ),
});
const DomainExplanation = structure(
  "DomainExplanation",
  { DomainName: TEXT, Purpose: TEXT, Status: TEXT },
  { Problem: TEXT, Lookups, CheckedAt: TIME, CheckAt: TIME },
);
const OrderExplanation = structure(
  "OrderExplanation",
  { Ca: TEXT, State: TEXT, Version: TEXT, ChangedAt: TIME },
  {
    Problem: TEXT,
    AgainAt: TIME,
    RenewalWindow: structure("RenewalWindow", { From: TIME, To: TIME, RenewsAt: TIME }, { Explanation: TEXT }),
  },
);

const Place = structure(
  "Place",
  { Edge: TEXT, ListenerArn: TEXT, Address: TEXT, Port: NUMBER },
  { ReportedSerial: TEXT, SeenSerial: TEXT, Problem: TEXT, SeenAt: TIME },
);
const Deployment = structure(
  "Deployment",
  { LoadBalancerArn: TEXT, State: TEXT, Serial: TEXT, ServedSerial: TEXT, StartedAt: TIME, ChangedAt: TIME },
  { Problem: TEXT, Places: listOf("PlaceList", Place) },
);

const EDGE_PLAN = { EdgeName: TEXT, Zone: TEXT, Addresses: TEXT };
const EdgeToken = structure(
  "EdgeToken",
  { TokenId: TEXT, CreatedAt: TIME, ExpiresAt: TIME },
  { ...EDGE_PLAN, UsedAt: TIME, UsedBy: TEXT },
);
const Edge = structure(
  "Edge",
  { EdgeName: TEXT, JoinedAt: TIME, IdentityEndsAt: TIME, Connected: FLAG },
  { Zone: TEXT, Addresses: TEXT, ConnectedAt: TIME, SeenAt: TIME },
);

const Host = structure("Host", {
  InstanceId: TEXT,
  Address: TEXT,
  AvailabilityZone: TEXT,
  SubnetId: TEXT,
  VpcId: TEXT,
  SecurityGroupIds: listOf("SecurityGroupIdList", TEXT),
  Tags: listOf("TagList", structure("Tag", { Key: TEXT, Value: TEXT })),
  RegisteredAt: TIME,
});

/** What the port reads and writes; api.ts has the same for the compiler. */
export const schemas: Readonly<Record<string, StaticOperationSchema | StaticErrorSchema>> = {
  ...campaignSchemas,
  DeregisterHost: operation(
    "DeregisterHost",
    structure("DeregisterHostRequest", { InstanceId: TEXT }),
    structure("DeregisterHostResponse", {}),
  ),
  DescribeDeployments: operation(
    "DescribeDeployments",
    structure("DescribeDeploymentsRequest", OF_CERTIFICATE),
    structure("DescribeDeploymentsResponse", {}, { Deployments: listOf("DeploymentList", Deployment) }),
  ),
  CreateEdgeToken: operation(
    "CreateEdgeToken",
    structure("CreateEdgeTokenRequest", {}, { ...EDGE_PLAN, LifetimeSeconds: NUMBER }),
    structure("CreateEdgeTokenResponse", {
      TokenId: TEXT,
      Token: TEXT,
      ExpiresAt: TIME,
      Endpoints: listOf("EndpointList", TEXT),
      Fingerprint: TEXT,
    }),
  ),
  DescribeRehearsal: operation(
    "DescribeRehearsal",
    structure("DescribeRehearsalRequest", OF_CERTIFICATE),
    structure("DescribeRehearsalResponse", {}, { Rehearsal }),
  ),
  ExplainCertificate: operation(
    "ExplainCertificate",
    structure("ExplainCertificateRequest", OF_CERTIFICATE),
    structure(
      "ExplainCertificateResponse",
      {},
      {
        Status: TEXT,
        Trouble: TEXT,
        Domains: listOf("DomainExplanationList", DomainExplanation),
        Orders: listOf("OrderExplanationList", OrderExplanation),
      },
    ),
  ),
  GetRehearsalSummary: operation(
    "GetRehearsalSummary",
    structure("GetRehearsalSummaryRequest", {}),
    structure(
      "GetRehearsalSummaryResponse",
      {},
      { FinishedAt: TIME, WouldRenew: NUMBER, WouldNotRenew: NUMBER, NotRenewedByUs: NUMBER },
    ),
  ),
  ListCertificateRegions: operation(
    "ListCertificateRegions",
    structure("ListCertificateRegionsRequest", {}),
    structure("ListCertificateRegionsResponse", {}, { Regions: listOf("RegionList", TEXT) }),
  ),
  ListEdges: operation(
    "ListEdges",
    structure("ListEdgesRequest", {}, PAGE),
    structure("ListEdgesResponse", {}, { Edges: listOf("EdgeList", Edge), NextToken: TEXT }),
  ),
  ListEdgeTokens: operation(
    "ListEdgeTokens",
    structure("ListEdgeTokensRequest", {}, PAGE),
    structure("ListEdgeTokensResponse", {}, { Tokens: listOf("EdgeTokenList", EdgeToken), NextToken: TEXT }),
  ),
  ListHosts: operation(
    "ListHosts",
    structure("ListHostsRequest", {}, PAGE),
    structure("ListHostsResponse", {}, { Hosts: listOf("HostList", Host), NextToken: TEXT }),
  ),
  ListRehearsals: operation(
    "ListRehearsals",
    structure("ListRehearsalsRequest", {}, { Verdict: TEXT, Owner: TEXT, ...PAGE }),
    structure(
      "ListRehearsalsResponse",
      {},
      { Rehearsals: listOf("RehearsalSummaryList", RehearsalSummary), NextToken: TEXT },
    ),
  ),
  RegisterHost: operation(
    "RegisterHost",
    structure(
      "RegisterHostRequest",
      { Address: TEXT },
      {
        InstanceId: TEXT,
        SubnetId: TEXT,
        AvailabilityZone: TEXT,
        SecurityGroupIds: listOf("SecurityGroupIdList", TEXT),
        Tags: listOf("GivenTagList", structure("GivenTag", { Key: TEXT }, { Value: TEXT })),
      },
    ),
    structure("RegisterHostResponse", {}, { Host }),
  ),
  RehearseCertificate: operation(
    "RehearseCertificate",
    structure("RehearseCertificateRequest", OF_CERTIFICATE),
    structure("RehearseCertificateResponse", {}, { Rehearsal }),
  ),
  RehearseCertificates: operation(
    "RehearseCertificates",
    structure("RehearseCertificatesRequest", {}, PAGE),
    structure("RehearseCertificatesResponse", {}, { Rehearsals: listOf("RehearsalList", Rehearsal), NextToken: TEXT }),
  ),
  RemoveEdge: operation(
    "RemoveEdge",
    structure("RemoveEdgeRequest", { EdgeName: TEXT }),
    structure("RemoveEdgeResponse", {}),
  ),
  RevokeEdgeToken: operation(
    "RevokeEdgeToken",
    structure("RevokeEdgeTokenRequest", { TokenId: TEXT }),
    structure("RevokeEdgeTokenResponse", {}),
  ),
  AccessDeniedException: failure("AccessDeniedException"),
  ConflictException: failure("ConflictException"),
  InvalidArnException: failure("InvalidArnException"),
  InvalidNextTokenException: failure("InvalidNextTokenException"),
  InvalidParameterException: failure("InvalidParameterException"),
  InvalidStateException: failure("InvalidStateException"),
  LimitExceededException: failure("LimitExceededException"),
  ResourceNotFoundException: failure("ResourceNotFoundException"),
};
