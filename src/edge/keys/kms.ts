import { cbor } from "@smithy/core/cbor";
import type { EdgeEnvelope } from "#domain/edge-config.ts";
import { type ControlPoint, endpointsOf } from "#edge/control/control-point.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { type AccessKey, signRequest } from "#lib/sigv4-signer.ts";
import { type Answer, exchangeSecret } from "./secret-exchange.ts";

/** KMS, as far as an edge may use it. */
export interface Kms {
  /**
   * The data key of an envelope, by Decrypt under its grant.
   * Rejects with KeyRefused when KMS says no, with any other error when KMS cannot be asked.
   */
  dataKey(envelope: EdgeEnvelope): Promise<PlaintextKey>;
}

/** KMS refuses: the grant is gone, or was never for us. */
export class KeyRefused extends Error {
  override readonly name = "KeyRefused";
}

export interface KmsDeps extends ControlPoint {
  readonly accessKey: AccessKey;
  readonly clock: Clock;
}

/**
 * Speaks AWS's rpc-v2-cbor protocol: in CBOR the data key is bytes, in JSON it would be a string that nobody can wipe.
 * What one node of the control plane does not answer, the next is asked.
 */
export function kmsOf({ accessKey, clock, ...point }: KmsDeps): Kms {
  const endpoints = endpointsOf(point);
  let turn = 0;
  const ask = (endpoint: URL, envelope: EdgeEnvelope): Promise<PlaintextKey> => {
    const request = decryptRequest(envelope, endpoint, { accessKey, clock });
    return exchangeSecret(request, readDataKey, { ...point, endpoint, timeout: TIMEOUT });
  };
  return {
    async dataKey(envelope) {
      for (let asked = 1; ; asked++) {
        const now = turn;
        try {
          return await ask(endpoints[now % endpoints.length] ?? point.endpoint, envelope);
        } catch (error) {
          if (error instanceof KeyRefused || asked >= endpoints.length) throw error;
          if (turn === now) turn++;
        }
      }
    },
  };
}

function decryptRequest(
  envelope: EdgeEnvelope,
  endpoint: URL,
  { accessKey, clock }: Pick<KmsDeps, "accessKey" | "clock">,
): Buffer {
  const body = cbor.serialize({
    CiphertextBlob: envelope.wrappedDataKey,
    EncryptionContext: envelope.encryptionContext,
    GrantTokens: [envelope.grantToken],
  });
  const headers = signRequest(
    {
      method: "POST",
      path: PATH,
      headers: {
        host: endpoint.host,
        "content-type": "application/cbor",
        accept: "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        "content-length": String(body.length),
      },
      body,
    },
    accessKey,
    { service: "kms", region: envelope.region },
    clock.now(),
  );
  const head = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${PATH} HTTP/1.1\r\n${head.join("")}\r\n`), body]);
}

function readDataKey({ status, body }: Answer): PlaintextKey {
  const answer: unknown = cbor.deserialize(body);
  if (status >= 500) throw new Error(`KMS Decrypt failed: ${status} ${reason(answer)}`);
  if (status !== 200) throw new KeyRefused(`KMS Decrypt was refused: ${reason(answer)}`);
  const plaintext = member(answer, "Plaintext");
  if (!(plaintext instanceof Uint8Array)) throw new Error("KMS Decrypt answered without a plaintext");
  const key = Buffer.alloc(plaintext.length);
  key.set(plaintext);
  plaintext.fill(0);
  return new PlaintextKey(key);
}

function reason(answer: unknown): string {
  return `${String(member(answer, "__type"))}: ${String(member(answer, "message") ?? member(answer, "Message"))}`;
}

function member(answer: unknown, name: string): unknown {
  return typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>)[name] : undefined;
}

const PATH = "/service/TrentService/operation/Decrypt";
const TIMEOUT: Millis = 10 * SECOND;
