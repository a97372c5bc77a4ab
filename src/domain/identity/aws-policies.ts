import type { ManagedPolicy } from "./managed-policy.ts";

/** One of them as it is written down here. */
interface Written {
  readonly name: string;
  readonly description: string;
  readonly statement: readonly object[];
}

const allow = (...actions: readonly string[]): readonly object[] => [
  { Effect: "Allow", Action: actions.length === 1 ? actions[0] : actions, Resource: "*" },
];

const WRITTEN: readonly Written[] = [
  {
    name: "AdministratorAccess",
    description: "Provides full access to AWS services and resources.",
    statement: allow("*"),
  },
  {
    name: "AmazonEC2ReadOnlyAccess",
    description: "Provides read only access to Amazon EC2 via the AWS Management Console.",
    statement: allow(
      "ec2:Describe*",
      "elasticloadbalancing:Describe*",
      "cloudwatch:ListMetrics",
      "cloudwatch:GetMetricStatistics",
      "cloudwatch:Describe*",
    ),
  },
  {
    name: "AmazonEventBridgeFullAccess",
    description: "Provides full access to Amazon EventBridge.",
    statement: allow("events:*"),
  },
  {
    name: "AmazonEventBridgeReadOnlyAccess",
    description: "Provides read only access to Amazon EventBridge.",
    statement: allow("events:Describe*", "events:List*", "events:TestEventPattern"),
  },
  {
    name: "AmazonRoute53FullAccess",
    description: "Provides full access to all Amazon Route 53 via the AWS Management Console.",
    statement: allow(
      "route53:*",
      "elasticloadbalancing:DescribeLoadBalancers",
      "ec2:DescribeVpcs",
      "ec2:DescribeRegions",
      "cloudwatch:GetMetricStatistics",
    ),
  },
  {
    name: "AmazonRoute53ReadOnlyAccess",
    description: "Provides read only access to all Amazon Route 53 via the AWS Management Console.",
    statement: allow("route53:Get*", "route53:List*", "route53:TestDNSAnswer"),
  },
  {
    name: "AmazonVPCReadOnlyAccess",
    description: "Provides read only access to Amazon VPC via the AWS Management Console.",
    statement: allow(
      "ec2:DescribeAccountAttributes",
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSubnets",
      "ec2:DescribeTags",
      "ec2:DescribeVpcAttribute",
      "ec2:DescribeVpcs",
    ),
  },
  {
    name: "AWSCertificateManagerFullAccess",
    description: "Provides full access to AWS Certificate Manager (ACM).",
    statement: allow("acm:*"),
  },
  {
    name: "AWSCertificateManagerReadOnly",
    description: "Provides read only access to AWS Certificate Manager (ACM).",
    statement: allow(
      "acm:DescribeCertificate",
      "acm:ListCertificates",
      "acm:GetCertificate",
      "acm:ListTagsForCertificate",
      "acm:GetAccountConfiguration",
    ),
  },
  {
    name: "AWSCloudTrail_FullAccess",
    description: "Provides full access to AWS CloudTrail.",
    statement: allow("cloudtrail:*"),
  },
  {
    name: "AWSCloudTrail_ReadOnlyAccess",
    description: "Provides read only access to AWS CloudTrail.",
    statement: allow("cloudtrail:Get*", "cloudtrail:Describe*", "cloudtrail:List*", "cloudtrail:LookupEvents"),
  },
  {
    name: "AWSKeyManagementServicePowerUser",
    description: "Provides access to AWS Key Management Service (KMS).",
    statement: allow(
      "kms:CreateAlias",
      "kms:CreateKey",
      "kms:DeleteAlias",
      "kms:Describe*",
      "kms:GenerateRandom",
      "kms:Get*",
      "kms:List*",
      "kms:TagResource",
      "kms:UntagResource",
      "iam:ListGroups",
      "iam:ListRoles",
      "iam:ListUsers",
    ),
  },
  {
    name: "AWSPrivateCAFullAccess",
    description: "Provides full access to AWS Private Certificate Authority.",
    statement: allow("acm-pca:*"),
  },
  {
    name: "AWSPrivateCAReadOnly",
    description: "Provides read only access to AWS Private Certificate Authority.",
    statement: allow(
      "acm-pca:DescribeCertificateAuthority",
      "acm-pca:DescribeCertificateAuthorityAuditReport",
      "acm-pca:ListCertificateAuthorities",
      "acm-pca:GetCertificateAuthorityCsr",
      "acm-pca:GetCertificateAuthorityCertificate",
      "acm-pca:GetCertificate",
      "acm-pca:GetPolicy",
      "acm-pca:ListPermissions",
      "acm-pca:ListTags",
    ),
  },
  {
    name: "CloudWatchReadOnlyAccess",
    description: "Provides read only access to CloudWatch.",
    statement: allow("cloudwatch:BatchGet*", "cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*"),
  },
  {
    name: "ElasticLoadBalancingFullAccess",
    description:
      "Provides full access to Amazon ElasticLoadBalancing, and limited access to other services necessary to provide ElasticLoadBalancing features.",
    statement: allow(
      "elasticloadbalancing:*",
      "ec2:DescribeAccountAttributes",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "ec2:DescribeInstances",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeRouteTables",
    ),
  },
  {
    name: "ElasticLoadBalancingReadOnly",
    description: "Provides read only access to Amazon ElasticLoadBalancing and dependent services.",
    statement: allow(
      "elasticloadbalancing:Describe*",
      "elasticloadbalancing:Get*",
      "ec2:DescribeInstances",
      "ec2:DescribeSecurityGroups",
    ),
  },
  {
    name: "IAMFullAccess",
    description: "Provides full access to IAM via the AWS Management Console.",
    statement: allow("iam:*"),
  },
  {
    name: "IAMReadOnlyAccess",
    description: "Provides read only access to IAM via the AWS Management Console.",
    statement: allow(
      "iam:GenerateCredentialReport",
      "iam:GenerateServiceLastAccessedDetails",
      "iam:Get*",
      "iam:List*",
      "iam:SimulateCustomPolicy",
      "iam:SimulatePrincipalPolicy",
    ),
  },
  {
    name: "PowerUserAccess",
    description:
      "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
    statement: [
      { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
      { Effect: "Allow", Action: ["iam:ListRoles"], Resource: "*" },
    ],
  },
  {
    name: "ReadOnlyAccess",
    description: "Provides read-only access to AWS services and resources.",
    statement: allow(
      "acm:Describe*",
      "acm:Get*",
      "acm:List*",
      "acm:Search*",
      "acm-pca:Describe*",
      "acm-pca:Get*",
      "acm-pca:List*",
      "cloudtrail:Describe*",
      "cloudtrail:Get*",
      "cloudtrail:List*",
      "cloudtrail:LookupEvents",
      "cloudwatch:Describe*",
      "cloudwatch:Get*",
      "cloudwatch:List*",
      "ec2:Describe*",
      "ec2:Get*",
      "elasticloadbalancing:Describe*",
      "elasticloadbalancing:Get*",
      "events:Describe*",
      "events:List*",
      "events:Test*",
      "iam:Get*",
      "iam:List*",
      "iam:Simulate*",
      "kms:Describe*",
      "kms:Get*",
      "kms:List*",
      "route53:Get*",
      "route53:List*",
      "route53:Test*",
      "sealkeeper:Describe*",
      "sealkeeper:Explain*",
      "sealkeeper:Get*",
      "sealkeeper:List*",
      "sts:GetAccessKeyInfo",
      "sts:GetCallerIdentity",
      "sts:GetSessionToken",
    ),
  },
];

/** Ids and dates are ours: nothing but their form is AWS's. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BORN = new Date("2026-01-01T00:00:00Z");

const SAID: readonly { readonly policy: ManagedPolicy; readonly document: string }[] = WRITTEN.map(
  ({ name, description, statement }, index) => ({
    document: JSON.stringify({ Version: "2012-10-17", Statement: statement }, undefined, 4),
    policy: {
      arn: `arn:aws:iam::aws:policy/${name}`,
      name,
      path: "/",
      description,
      id: `ANPASEALKEEPERAWS${ALPHABET[index >> 5]}${ALPHABET[index & 31]}AA`,
      createdAt: BORN,
      updatedAt: BORN,
      defaultVersion: 1,
      attachments: 0,
      boundaries: 0,
    },
  }),
);
const BY_ARN = new Map(SAID.map((said) => [said.policy.arn, said]));

/**
 * The managed policies of AWS that make sense here: AWS's names and ARNs, and of what they say all that is about
 * services that are here (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html, 2026-11).
 */
export const AWS_POLICIES: readonly ManagedPolicy[] = SAID.map(({ policy }) => policy);

/** One of them; undefined when the ARN is none of theirs. */
export function awsPolicy(arn: string): ManagedPolicy | undefined {
  return BY_ARN.get(arn)?.policy;
}

/** What one of them says; undefined when the ARN is none of theirs. */
export function awsPolicyDocument(arn: string): string | undefined {
  return BY_ARN.get(arn)?.document;
}
