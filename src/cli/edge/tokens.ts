import { parseDuration, SECOND } from "#lib/duration.ts";
import { ConfigError } from "#main/config-error.ts";
import type { EdgeTokenSummary } from "#services/sealkeeper/api.ts";
import { ANY_REGION, openOperator, table } from "./operator.ts";

/** `sealkeeper edge tokens create|list|revoke`. */
export async function tokensCommand(args: readonly string[]): Promise<number> {
  const [word = "list", ...rest] = args;
  switch (word) {
    case "create":
      return await create(rest);
    case "list":
      return await list(rest);
    case "revoke":
      return await revoke(rest);
    default:
      throw new ConfigError(`there is no "edge tokens ${word}": it is create, list or revoke`);
  }
}

async function create(args: readonly string[]): Promise<number> {
  const { api, own, print } = openOperator(args, 0, {
    name: { type: "string" },
    zone: { type: "string" },
    addresses: { type: "string" },
    lifetime: { type: "string" },
  });
  const lifetime = parseDuration(own["lifetime"] ?? "1h");
  if (lifetime === undefined) throw new ConfigError("--lifetime is a duration such as 15m or 24h");
  const { name, zone, addresses } = own;
  const made = await api.call(
    "CreateEdgeToken",
    {
      ...(name === undefined ? {} : { EdgeName: name }),
      ...(zone === undefined ? {} : { Zone: zone }),
      ...(addresses === undefined ? {} : { Addresses: addresses }),
      LifetimeSeconds: Math.floor(lifetime / SECOND),
    },
    ANY_REGION,
  );
  const command = [
    `sealkeeper edge join --endpoint ${made.Endpoints.join(",")}`,
    `--token ${made.Token}`,
    "--data-dir DIR",
  ].join(" \\\n    ");
  print(
    made,
    `On the machine of the edge, until ${made.ExpiresAt.toISOString()}, once:\n\n  ${command}\n\nThe control plane proves itself by ${made.Fingerprint}; the token says so, too.`,
  );
  return 0;
}

async function list(args: readonly string[]): Promise<number> {
  const { api, print } = openOperator(args, 0);
  const tokens: EdgeTokenSummary[] = [];
  for (let token: string | undefined; ; ) {
    const page = await api.call("ListEdgeTokens", token === undefined ? {} : { NextToken: token }, ANY_REGION);
    tokens.push(...page.Tokens);
    token = page.NextToken;
    if (token === undefined) break;
  }
  const rows = tokens.map((one) => [
    one.TokenId,
    one.EdgeName ?? "any name",
    one.Zone ?? "any zone",
    one.Addresses ?? "any addresses",
    one.UsedAt ? `used by ${one.UsedBy ?? ""} at ${one.UsedAt.toISOString()}` : `until ${one.ExpiresAt.toISOString()}`,
  ]);
  print(tokens, rows.length === 0 ? "There are no tokens." : table([["ID", "NAME", "ZONE", "ADDRESSES", ""], ...rows]));
  return 0;
}

async function revoke(args: readonly string[]): Promise<number> {
  const { api, words, print } = openOperator(args, 1);
  const [id = ""] = words;
  await api.call("RevokeEdgeToken", { TokenId: id }, ANY_REGION);
  print({ TokenId: id }, `The token ${id} is worth nothing any more.`);
  return 0;
}
