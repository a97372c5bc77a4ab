import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { ImportCertificateCommand } from "@aws-sdk/client-acm";
import { quantile } from "../result.ts";
import type { Ours } from "./ours.ts";
import type { Place } from "./peers.ts";

/**
 * Replaces the certificate ten times a second for half a minute, by the API as a user would, while new connections are
 * made all the time and fifty old ones go on asking; answers lines that say what came of it.
 */
export async function swapsUnderLoad({ product, certificateArn, https }: Ours): Promise<readonly string[]> {
  const versions = makeVersions(SWAPS);
  const until = performance.now() + SWAPS * EVERY + 1_000;
  const handshakes = { done: 0, failed: 0 };
  const requests = { done: 0, failed: 0, lost: 0 };
  const load = [
    ...Array.from({ length: 4 }, () => shakeHands(https, until, handshakes)),
    ...Array.from({ length: 50 }, () => keepAsking(https, until, requests)),
  ];
  const took: number[] = [];
  const propagated: number[] = [];
  for (const { certificate, key, serial } of versions) {
    const begun = performance.now();
    await product.acm.send(
      new ImportCertificateCommand({ CertificateArn: certificateArn, Certificate: certificate, PrivateKey: key }),
    );
    const answered = performance.now();
    while ((await serialAt(https)) !== serial)
      if (performance.now() - begun > 10_000) throw new Error("it is not served");
    took.push(performance.now() - begun);
    propagated.push(performance.now() - answered);
    await pause(Math.max(0, EVERY - (performance.now() - begun)));
  }
  await Promise.all(load);
  return [
    `${SWAPS} swaps, one every ${EVERY} ms: ${handshakes.failed} of ${handshakes.done} new handshakes failed, ${requests.failed} of ${requests.done} requests failed, ${requests.lost} of 50 kept connections lost`,
    `ImportCertificate to the first handshake with the new certificate: ${times(took)}; from its answer: ${times(propagated)}`,
  ];
}

function times(all: readonly number[]): string {
  return `p50 ${quantile(all, 0.5).toFixed(1)} ms, p99 ${quantile(all, 0.99).toFixed(1)} ms`;
}

async function shakeHands(at: Place, until: number, count: { done: number; failed: number }): Promise<void> {
  while (performance.now() < until) {
    count.done++;
    if ((await serialAt(at).catch(() => undefined)) === undefined) count.failed++;
  }
}

async function keepAsking(
  { host, port }: Place,
  until: number,
  count: { done: number; failed: number; lost: number },
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  let local: number | undefined;
  while (performance.now() < until) {
    count.done++;
    try {
      const request = get({ host, port, agent, path: "/", servername: "bench.example" });
      const [response] = await once(request, "response");
      response.resume();
      await once(response, "end");
      if (response.statusCode !== 200) count.failed++;
      const now = request.socket?.localPort;
      if (local !== undefined && now !== local) count.lost++;
      local = now;
    } catch {
      count.failed++;
    }
    await pause(100);
  }
  agent.destroy();
}

async function serialAt({ host, port }: Place): Promise<string | undefined> {
  const socket = connect({ host, port, servername: "bench.example", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const serial = socket.getPeerX509Certificate()?.serialNumber;
  socket.destroy();
  return serial;
}

interface Version {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly serial: string;
}

function makeVersions(count: number): Version[] {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-swaps-"));
  try {
    return Array.from({ length: count }, () => {
      const files = { key: join(directory, "key"), certificate: join(directory, "certificate") };
      const names = ["-subj", "/CN=bench.example", "-addext", "subjectAltName=DNS:bench.example"];
      const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", files.key];
      execFileSync("openssl", ["req", "-x509", "-days", "30", ...key, ...names, "-out", files.certificate], {
        stdio: "ignore",
      });
      const certificate = readFileSync(files.certificate);
      return { certificate, key: readFileSync(files.key), serial: new X509Certificate(certificate).serialNumber };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const SWAPS = 300;
const EVERY = 100;
