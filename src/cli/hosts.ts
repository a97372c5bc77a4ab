import { ConfigError } from "#main/config-error.ts";
import type { HostSummary } from "#services/sealkeeper/api.ts";
import { openOperator, table } from "./edge/operator.ts";
import { ApiError } from "./rehearse/api-client.ts";

/** `sealkeeper hosts …`: the machines that target groups of type `instance` name. */
export async function main(args: readonly string[]): Promise<number> {
  const [word = "", ...rest] = args;
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (!command) throw new ConfigError(`say what to do with hosts: ${Object.keys(COMMANDS).join(", ")}`);
  try {
    await command(rest);
    return 0;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    process.stderr.write(`sealkeeper: ${error.message}\n`);
    return 1;
  }
}

const COMMANDS: Readonly<Record<string, ((args: readonly string[]) => Promise<void>) | undefined>> = {
  add: addHost,
  remove: removeHost,
  list: listHosts,
};

async function addHost(args: readonly string[]): Promise<void> {
  const { api, own, words, print } = openOperator(args, 1, FLAGS);
  const [Address = ""] = words;
  const { Host } = await api.call(
    "RegisterHost",
    {
      Address,
      ...said("InstanceId", own["id"]),
      ...said("SubnetId", own["subnet"]),
      ...said("AvailabilityZone", own["zone"]),
      ...said("SecurityGroupIds", own["groups"]?.split(",").filter(Boolean)),
      ...said("Tags", own["tags"] === undefined ? undefined : readTags(own["tags"])),
    },
    regionOf(own),
  );
  print(Host, `${Host.InstanceId} is ${Host.Address}, in ${Host.AvailabilityZone}`);
}

async function removeHost(args: readonly string[]): Promise<void> {
  const { api, own, words, print } = openOperator(args, 1, { region: FLAGS.region });
  const [InstanceId = ""] = words;
  await api.call("DeregisterHost", { InstanceId }, regionOf(own));
  print({ InstanceId }, `${InstanceId} is forgotten: nothing is sent to it any more`);
}

async function listHosts(args: readonly string[]): Promise<void> {
  const { api, own, print } = openOperator(args, 0, { region: FLAGS.region });
  const hosts: HostSummary[] = [];
  for (let token: string | undefined; ; ) {
    const page = await api.call("ListHosts", said("NextToken", token), regionOf(own));
    hosts.push(...page.Hosts);
    token = page.NextToken;
    if (token === undefined) break;
  }
  const rows = hosts.map(({ InstanceId, Address, AvailabilityZone, SubnetId, SecurityGroupIds, Tags }) => [
    InstanceId,
    Address,
    AvailabilityZone,
    SubnetId,
    SecurityGroupIds.join(","),
    Tags.map(({ Key, Value }) => `${Key}=${Value}`).join(","),
  ]);
  const head = ["INSTANCE", "ADDRESS", "ZONE", "SUBNET", "GROUPS", "TAGS"];
  print(hosts, rows.length === 0 ? "No host is registered." : table([head, ...rows]));
}

/** Hosts are of a region, as all of a load balancer is. */
function regionOf(own: Readonly<Record<string, string | undefined>>): string {
  const region = own["region"] ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
  if (region === undefined) throw new ConfigError("say in which region: --region REGION, or AWS_DEFAULT_REGION");
  return region;
}

/** `a=1,b=2` */
function readTags(text: string): readonly { readonly Key: string; readonly Value: string }[] {
  return text.split(",").map((pair) => {
    const equals = pair.indexOf("=");
    return equals < 0 ? { Key: pair, Value: "" } : { Key: pair.slice(0, equals), Value: pair.slice(equals + 1) };
  });
}

function said<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value });
}

const FLAGS = {
  id: { type: "string" },
  subnet: { type: "string" },
  zone: { type: "string" },
  groups: { type: "string" },
  tags: { type: "string" },
  region: { type: "string" },
} as const;
