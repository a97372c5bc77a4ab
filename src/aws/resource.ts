/**
 * What a call was about, for the audit trail: the ARN or id that its input names, or that its output gave it. Undefined
 * when there is none, as with lists.
 */
export function resourceOf(input: object, output: object): string | undefined {
  const named = firstIdentifier(input);
  const given = firstIdentifier(output) ?? Object.values(output).map(inside).find(Boolean);
  // KMS is asked for a key by id or alias and answers its ARN.
  return named !== undefined && (named.startsWith("arn:") || !given?.startsWith("arn:")) ? named : (given ?? named);
}

function firstIdentifier(members: object): string | undefined {
  const entries = Object.entries(members);
  return NAMES.map((name) => entries.find(([key, value]) => name.test(key) && isIdentifier(value))?.[1]).find(Boolean);
}

/** One step down: `{ KeyMetadata: { Arn } }`, `{ LoadBalancers: [{ LoadBalancerArn }] }`. */
function inside(value: unknown): string | undefined {
  const content: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof content === "object" && content !== null && !Array.isArray(content)
    ? firstIdentifier(content)
    : undefined;
}

const isIdentifier = (value: unknown): value is string => typeof value === "string" && value.length <= 2048;

/** The strongest first. */
const NAMES: readonly RegExp[] = [
  /^(Certificate|LoadBalancer|TargetGroup|Listener|Rule|Resource|Key)?Arn$/,
  /^(Key|TargetKey|Destination)Id$|^DestinationKeyId$/,
  /^(HostedZone|Resource)?Id$/,
  /^AliasName$/,
  /^(Role|Policy)Arn$/,
  /^(InstanceProfile|Group|Role|User|Policy)Name$/,
];
