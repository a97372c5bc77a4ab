/** What the SDK clients keep to themselves: the names a service goes by on the wire. They have not changed since it launched. */
export interface Facts {
  /** The service's name in a signature's credential scope. */
  readonly scope: string;
  /** Left of the colon in the actions of policies, where it is not the scope. */
  readonly actions?: string;
  /** Left of the dot in X-Amz-Target. */
  readonly target: string;
  readonly version: string;
  readonly namespace?: string;
  readonly rest?: "restXml" | "restJson";
  /** Speaks EC2's own kind of the query protocol. */
  readonly ec2?: true;
  /** Operations that come without a signature: whoever calls them has no credentials yet. */
  readonly unsigned?: readonly string[];
  /** Once spoke query, so its errors in other protocols carry the query code in a header. */
  readonly queryCompatible?: true;
  /** What this service calls input that its constraints refuse, where it is not ValidationException. */
  readonly invalidInput?: string;
  /** What it calls input without a required member, where that is an error of its own. */
  readonly missingInput?: string;
}

const xmlns = (host: string, version: string): Pick<Facts, "version" | "namespace"> => ({
  version,
  namespace: `${host}/doc/${version}/`,
});

export const FACTS: Readonly<
  Record<
    | "acm"
    | "acmPca"
    | "cloudtrail"
    | "cloudwatch"
    | "ec2"
    | "elbv2"
    | "eventbridge"
    | "iam"
    | "kms"
    | "route53"
    | "sealkeeper"
    | "sts",
    Facts
  >
> = {
  acm: { scope: "acm", target: "CertificateManager", version: "2015-12-08" },
  acmPca: { scope: "acm-pca", target: "ACMPrivateCA", version: "2017-08-22" },
  cloudtrail: {
    scope: "cloudtrail",
    target: "CloudTrail_20131101",
    version: "2013-11-01",
  },
  cloudwatch: {
    scope: "monitoring",
    actions: "cloudwatch",
    target: "GraniteServiceVersion20100801",
    ...xmlns("http://monitoring.amazonaws.com", "2010-08-01"),
    queryCompatible: true,
  },
  ec2: {
    scope: "ec2",
    target: "AmazonEC2",
    ...xmlns("http://ec2.amazonaws.com", "2016-11-15"),
    ec2: true,
    invalidInput: "InvalidParameterValue",
    missingInput: "MissingParameter",
  },
  elbv2: {
    scope: "elasticloadbalancing",
    target: "ElasticLoadBalancing_v10",
    ...xmlns("http://elasticloadbalancing.amazonaws.com", "2015-12-01"),
  },
  eventbridge: { scope: "events", target: "AWSEvents", version: "2015-10-07" },
  iam: {
    scope: "iam",
    target: "AWSIdentityManagementV20100508",
    ...xmlns("https://iam.amazonaws.com", "2010-05-08"),
  },
  kms: { scope: "kms", target: "TrentService", version: "2014-11-01" },
  route53: {
    scope: "route53",
    target: "AWSDnsV20130401",
    ...xmlns("https://route53.amazonaws.com", "2013-04-01"),
    rest: "restXml",
    invalidInput: "InvalidInput",
  },
  /** Our own: no SDK has it. */
  sealkeeper: { scope: "sealkeeper", target: "Sealkeeper", version: "2026-04-01" },
  sts: {
    scope: "sts",
    target: "AWSSecurityTokenServiceV20110615",
    ...xmlns("https://sts.amazonaws.com", "2011-06-15"),
    unsigned: ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"],
  },
};

/** How policies call an operation: `kms:Decrypt`. */
export function actionName({ scope, actions = scope }: Pick<Facts, "scope" | "actions">, operation: string): string {
  return `${actions}:${operation}`;
}
