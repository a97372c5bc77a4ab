import type { EdgeSummary } from "#services/sealkeeper/api.ts";
import { ANY_REGION, openOperator, table } from "./operator.ts";

/** `sealkeeper edge list`: the edges that joined. */
export async function listCommand(args: readonly string[]): Promise<number> {
  const { api, print } = openOperator(args, 0);
  const edges: EdgeSummary[] = [];
  for (let token: string | undefined; ; ) {
    const page = await api.call("ListEdges", token === undefined ? {} : { NextToken: token }, ANY_REGION);
    edges.push(...page.Edges);
    token = page.NextToken;
    if (token === undefined) break;
  }
  const rows = edges.map((edge) => [
    edge.EdgeName,
    edge.Zone ?? "all zones",
    edge.Addresses ?? "-",
    edge.Connected ? "connected" : edge.SeenAt ? `not heard of since ${edge.SeenAt.toISOString()}` : "never connected",
  ]);
  print(edges, rows.length === 0 ? "No edge has joined." : table([["NAME", "ZONE", "ADDRESSES", ""], ...rows]));
  return 0;
}

/** `sealkeeper edge remove NAME`. */
export async function removeCommand(args: readonly string[]): Promise<number> {
  const { api, words, print } = openOperator(args, 1);
  const [name = ""] = words;
  await api.call("RemoveEdge", { EdgeName: name }, ANY_REGION);
  print({ EdgeName: name }, `The edge ${name} takes part no longer: its link ends, and KMS opens nothing for it.`);
  return 0;
}
