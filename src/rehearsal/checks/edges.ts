import { parseArn } from "#domain/arn.ts";
import { MINUTE, type Millis } from "#lib/duration.ts";
import { type Check, type Found, failed, passed, warning } from "#rehearsal/check.ts";
import { listServing } from "#store/edge-reports.ts";
import { listEdges } from "#store/edges.ts";
import type { Store } from "#store/store.ts";

/** Whether the edges would get the next version: they are there, and serve the present one. */
export const edges: Check<{ readonly store: Store }> = {
  name: "EDGES",
  async look({ certificate, associations, now }, { store }) {
    const balancers = associations.filter(({ resourceArn }) => parseArn(resourceArn)?.service === BALANCERS);
    if (balancers.length === 0) return [];
    const known = new Map((await listEdges(store)).map((edge) => [edge.edge, edge.seenAt]));
    const serving = await listServing(store, certificate.arn);
    const isHere = (edge: string): boolean => now.getTime() - (known.get(edge) ?? 0) <= LONG_SILENT;
    const away = [...known].filter(([edge]) => !isHere(edge)).map(([edge, seenAt]) => tellAway(edge, seenAt));
    const stale = serving.filter(({ edge, serial }) => isHere(edge) && serial !== certificate.serial);
    const settled = now.getTime() - (certificate.issuedAt ?? 0) > LONG_SILENT;
    const found: Found[] = [];
    if (stale.length > 0 && settled) {
      const who = stale.map(({ edge, serial }) => `${edge} (${serial})`).join(", ");
      found.push(failed(`It was renewed to ${certificate.serial}, but still served in an older version by ${who}.`));
    }
    for (const { resourceArn } of balancers) {
      if (!serving.some(({ edge, loadBalancerArn }) => loadBalancerArn === resourceArn && isHere(edge))) {
        found.push(warning(`No edge that is connected serves it for ${resourceArn}.`));
      }
    }
    if (away.length > 0) found.push(warning(`It would not reach edges that are away: ${away.join(", ")}.`));
    return found.length > 0 ? found.flat() : passed("Every edge is connected and serves the version in force.");
  },
};

function tellAway(edge: string, seenAt: number): string {
  return `${edge}, last heard of ${new Date(seenAt).toISOString()}`;
}

const BALANCERS = "elasticloadbalancing";
/** Edges and control planes say every few seconds that they are there. */
const LONG_SILENT: Millis = 2 * MINUTE;
