import type { ConnectionOptions } from "node:tls";
import { CONTROL_NAME } from "#domain/fleet/names.ts";

/** How an edge reaches the control plane, and how it proves itself there beside its access key. */
export interface ControlPoint {
  /** The origin of the control plane's API. */
  readonly endpoint: URL;
  /** Those of its other nodes: asked in turn when the one before does not answer. */
  readonly otherEndpoints?: readonly URL[] | undefined;
  /** PEM; for an HTTPS endpoint. */
  readonly ca?: string | undefined;
  /** Of an edge on another machine; asked for each connection, as it is renewed now and then. */
  readonly identity?: (() => TlsIdentity) | undefined;
}

/** By what an edge proves itself in TLS. */
export interface TlsIdentity {
  /** PEM. */
  readonly certificate: string;
  /** PEM, in bytes. */
  readonly privateKey: Buffer;
}

/** All origins, in the order in which they are asked. */
export function endpointsOf({ endpoint, otherEndpoints = [] }: ControlPoint): readonly URL[] {
  return [endpoint, ...otherEndpoints];
}

/**
 * What node:tls must know to reach an endpoint. With an identity, whoever answers must be the control plane by the name
 * that the fleet's own CA gives it, whatever address it is reached at.
 */
export function tlsOptions({ ca, identity }: Pick<ControlPoint, "ca" | "identity">): ConnectionOptions {
  const trust = ca === undefined ? {} : { ca };
  if (!identity) return trust;
  const { certificate, privateKey } = identity();
  return { ...trust, cert: certificate, key: privateKey, servername: CONTROL_NAME, minVersion: "TLSv1.3" };
}
