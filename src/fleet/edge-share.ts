import { isCarriedBy } from "#store/edge-carriage.ts";
import type { EdgeMember } from "#store/edge-members.ts";
import { balancerOfEdge } from "./edge-addresses.ts";
import type { PresentDeps } from "./present-state.ts";

/** The present state as one edge is told it: of load balancers that it carries, at addresses of its own. */
export function presentOfEdge(
  edge: string,
  member: EdgeMember | undefined,
  deps: PresentDeps,
): Pick<PresentDeps, "edgeBalancer" | "edgeCertificate" | "edgeSecret"> {
  const { edgeBalancer, edgeCertificate, edgeSecret } = deps;
  if (!member) return { edgeBalancer, edgeCertificate, edgeSecret };
  const own = {
    edgeBalancer: (_: unknown, arn: Parameters<typeof edgeBalancer>[1]) => balancerOfEdge(edge, arn, deps),
  };
  if (member.zone === null) return { ...own, edgeCertificate, edgeSecret };
  return {
    ...own,
    async edgeCertificate(db, loadBalancerArn, certificateArn) {
      if (!(await isCarriedBy(db, edge, loadBalancerArn))) return undefined;
      return await edgeCertificate(db, loadBalancerArn, certificateArn);
    },
    async edgeSecret(db, name) {
      const secret = await edgeSecret(db, name);
      return secret && (await isCarriedBy(db, edge, secret.loadBalancerArn)) ? secret : undefined;
    },
  };
}
