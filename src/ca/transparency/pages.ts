import { findLog, findLogIssuer, listLogEntries, listLogHashes } from "#store/transparency.ts";
import { TILE } from "./append.ts";
import { type LogDeps, originOf } from "./log.ts";
import { logIdOf } from "./structures.ts";

/** What the log shows at a path below its own, with how it may be cached; undefined for what it does not have. */
export interface LogPage {
  readonly body: Buffer;
  readonly type: string;
  readonly cache: string;
}

/**
 * The read path of the static CT API (https://c2sp.org/static-ct-api).
 *
 * | path | what |
 * |---|---|
 * | checkpoint | the signed tree head |
 * | tile/LEVEL/N, tile/LEVEL/N.p/W | hashes |
 * | tile/data/N, tile/data/N.p/W | entries |
 * | issuer/FINGERPRINT | a certificate above a precertificate, DER |
 * | log.json | the log's key and id |
 */
export async function logPage(path: string, deps: LogDeps): Promise<LogPage | undefined> {
  const { store, signers } = deps;
  const [, fingerprint] = /^issuer\/([0-9a-f]{64})$/.exec(path) ?? [];
  if (fingerprint !== undefined) {
    const certificate = await findLogIssuer(store, fingerprint);
    return certificate && { body: Buffer.from(certificate), type: "application/pkix-cert", cache: FOR_EVER };
  }
  const log = await findLog(store);
  if (!log) return undefined;
  if (path === "checkpoint") {
    return log.checkpoint === null ? undefined : { body: Buffer.from(log.checkpoint), type: TEXT, cache: "no-cache" };
  }
  if (path === "log.json") {
    const key = Buffer.from(log.publicKey);
    const told = { log_id: logIdOf(key).toString("base64"), key: key.toString("base64"), mmd: 86_400 };
    const body = `${JSON.stringify({ ...told, monitoring_url: `http://${originOf(signers.caUrl)}/` })}\n`;
    return { body: Buffer.from(body), type: "application/json", cache: "public, max-age=60" };
  }
  const tile = readTilePath(path);
  return tile && (await tilePage(tile, log.publishedSize, deps));
}

interface TilePath {
  readonly level: number | "data";
  readonly index: number;
  /** Below 256 for a partial tile. */
  readonly width: number;
}

/** Every number in one form only, so that a tile has one URL. */
function readTilePath(path: string): TilePath | undefined {
  const [, level, n = "", width] = TILE_PATH.exec(path) ?? [];
  if (level === undefined) return undefined;
  const index = Number(n.replaceAll(/[x/]/g, ""));
  if (writeTileIndex(index) !== n) return undefined;
  return { level: level === "data" ? "data" : Number(level), index, width: width === undefined ? TILE : Number(width) };
}

/** `x001/x234/067` for 1234067. */
export function writeTileIndex(index: number): string {
  const last = String(index % 1_000).padStart(3, "0");
  const parts: string[] = [];
  for (let rest = Math.floor(index / 1_000); rest > 0; rest = Math.floor(rest / 1_000)) {
    parts.unshift(`x${String(rest % 1_000).padStart(3, "0")}`);
  }
  return [...parts, last].join("/");
}

/** Only what a checkpoint covers. */
async function tilePage(
  { level, index, width }: TilePath,
  published: number,
  { store }: LogDeps,
): Promise<LogPage | undefined> {
  const depth = level === "data" ? 0 : level;
  const from = index * TILE;
  if (from + width > Math.floor(published / TILE ** depth)) return undefined;
  const parts =
    level === "data" ? await listLogEntries(store, from, width) : await listLogHashes(store, level, from, width);
  if (parts.length !== width) throw new Error(`tile ${index} of level ${level} has ${parts.length} of ${width} parts`);
  return { body: Buffer.concat(parts), type: "application/octet-stream", cache: FOR_EVER };
}

const TILE_PATH = /^tile\/(data|[0-5])\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]))?$/;
const TEXT = "text/plain; charset=utf-8";
const FOR_EVER = "public, max-age=31536000, immutable";
