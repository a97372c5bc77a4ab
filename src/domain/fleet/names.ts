/** By which name the control plane proves itself to edges on other machines, whatever address it is reached at. */
export const CONTROL_NAME = "control.fleet.sealkeeper.internal";

/** Where on the fleet's port an edge on another machine asks to be let in. */
export const JOIN_PATH = "/_sealkeeper/fleet/join";

/** How edges are named: up to 63 of `a-z`, `0-9` and `-`. */
export const EDGE_NAME: RegExp = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** With what the names of edges beside a control plane begin; none that joins may be called so. */
export const LOCAL_EDGE = "local-";

/** Whether an edge is beside a control plane: it takes part without having joined. */
export function isLocalEdge(edge: string): boolean {
  return edge.startsWith(LOCAL_EDGE);
}

/** The name that stands in the certificate of an edge. */
export function edgeHostName(edge: string): string {
  return `${edge}.${EDGE_SUFFIX}`;
}

/** The edge that a certificate's name is for; undefined when it is none of an edge. */
export function edgeOfHostName(name: string): string | undefined {
  const edge = name.endsWith(`.${EDGE_SUFFIX}`) ? name.slice(0, -EDGE_SUFFIX.length - 1) : "";
  return EDGE_NAME.test(edge) ? edge : undefined;
}

/** The edge whose ARN that is. */
export function edgeOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

const EDGE_SUFFIX = "edge.fleet.sealkeeper.internal";
