import { isoMicros, plain, quoted } from "./text.ts";

/** What the connection log says of a connection to an Application Load Balancer. */
export interface ConnectionFacts {
  /** When it was made, or could not be. */
  readonly at: number;
  readonly address: string;
  readonly port: number;
  readonly listenerPort: number;
  /** For example `TLSv1.3`; like the rest undefined on HTTP listeners. */
  readonly protocol?: string | undefined;
  /** In OpenSSL's words. */
  readonly cipher?: string | undefined;
  /** Of the handshake, in milliseconds. */
  readonly handshake?: number | undefined;
  /** Key exchange, for example `X25519MLKEM768`. */
  readonly group?: string | undefined;
  /** The client's certificate, if it showed one. */
  readonly certificate?: ClientCertificateFacts | undefined;
  /** What was wrong: with a certificate one of AWS's codes, for example `ClientCertExpired`; undefined when nothing was. */
  readonly failure?: string | undefined;
  readonly connectionId: string;
}

export interface ClientCertificateFacts {
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Hexadecimal. */
  readonly serial: string;
}

/**
 * One line of the connection log.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
 */
export function connectionLine(facts: ConnectionFacts): string {
  const { certificate, handshake, failure } = facts;
  const validity = certificate && `NotBefore=${second(certificate.notBefore)};NotAfter=${second(certificate.notAfter)}`;
  const secure = facts.protocol !== undefined || failure !== undefined;
  const verified = failure === undefined ? "Success" : `Failed:${failure}`;
  return (
    `${isoMicros(facts.at)} ${facts.address} ${facts.port} ${facts.listenerPort} ` +
    `${facts.protocol ?? "-"} ${facts.cipher ?? "-"} ` +
    `${handshake === undefined ? "-" : (handshake / 1000).toFixed(3)} ${quoted(certificate?.subject)} ` +
    `${validity ?? "-"} ${plain(certificate?.serial.toUpperCase())} ${secure ? plain(verified) : "-"} ` +
    `${plain(facts.connectionId)} ${plain(facts.group)}\n`
  );
}

function second(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
