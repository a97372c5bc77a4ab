import { hash } from "node:crypto";
import { listLiveShards } from "#store/crls.ts";
import { findIssuer } from "#store/issuers.ts";
import type { CaDeps } from "./deps.ts";
import { offlineCrl, publishedCertificates } from "./hierarchies/certificate-pages.ts";
import { answerOcsp, type OcspAnswer } from "./ocsp.ts";
import { currentCrl } from "./publish-crl.ts";
import { logPage } from "./transparency/pages.ts";
import { CA_PATH, crlUrl } from "./urls.ts";

/** An HTTP answer. The body of an answer to HEAD is left out by whoever sends it. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** `knownTags` is the value of If-None-Match. */
export type CaPages = (method: string, path: string, body: Buffer, knownTags?: string) => Promise<Page | undefined>;

/**
 * What clients of certificates fetch, over plain HTTP and without a signature; undefined for paths that are not the CA's.
 *
 * | path | what |
 * |---|---|
 * | /ca/root.pem | the current root, for the trust store of clients |
 * | /ca/roots.pem | all roots that are trusted, the current one first |
 * | /ca/NAME/root.pem, /ca/NAME/roots.pem | the same of a hierarchy beside the shared one |
 * | /ca/ISSUER.crt, /ca/r2-by-r1.crt | one CA certificate, DER |
 * | /ca/ISSUER.crl | CA certificates that the issuer revoked, DER |
 * | /ca/ISSUER/SHARD.crl | what it revoked of one shard of its leafs, DER |
 * | /ca/ISSUER.crls.json | the URLs of all CRLs of the issuer's leafs, a JSON list |
 * | /ca/ct/… | the log of precertificates: see transparency/pages.ts |
 * | /ca/ocsp, /ca/ocsp/BASE64 | OCSP by POST and by GET |
 */
export function caPages(deps: CaPagesDeps): CaPages {
  return async (method, path, body, knownTags) => {
    if (!path.startsWith(`${CA_PATH}/`)) return undefined;
    const name = path.slice(CA_PATH.length + 1);
    if (name === "ocsp" && method === "POST") return ocspPage(await answerOcsp(body, deps), undefined);
    if (method !== "GET" && method !== "HEAD")
      return text(405, `${method} is not allowed here`, { allow: name === "ocsp" ? "POST" : "GET, HEAD" });
    if (name.startsWith("ocsp/"))
      return unlessKnown(ocspPage(await answerOcsp(questionIn(name.slice("ocsp/".length)), deps), name), knownTags);
    if (name.startsWith("ct/")) return await transparencyPage(name.slice("ct/".length), deps);
    const page = (await certificatePage(name, deps)) ?? (await crlPage(name, deps)) ?? (await crlListPage(name, deps));
    return page ? unlessKnown(page, knownTags) : text(404, `the CA has no ${name}`);
  };
}

export type CaPagesDeps = Pick<CaDeps, "store" | "clock" | "signers">;

async function certificatePage(name: string, { store }: CaPagesDeps): Promise<Page | undefined> {
  const page = await publishedCertificates(name, store);
  return page && found(page.body, page.form === "PEM" ? PEM_TYPE : "application/pkix-cert", CERTIFICATE_CACHE);
}

async function crlPage(name: string, deps: CaPagesDeps): Promise<Page | undefined> {
  const kept = await offlineCrl(name, deps);
  if (kept) return found(kept.der, "application/pkix-crl", REVOCATION_CACHE, { etag: `"${kept.number}"` });
  const [, issuerId, shard = "0"] = /^([a-z0-9]{1,32})(?:\/([1-9]\d{0,8}))?\.crl$/.exec(name) ?? [];
  const crl = issuerId === undefined ? undefined : await currentCrl({ issuerId, shard: Number(shard) }, deps);
  if (!crl) return undefined;
  return found(crl.der, "application/pkix-crl", REVOCATION_CACHE, {
    etag: `"${issuerId}-${shard}-${crl.number}"`,
    "last-modified": crl.thisUpdate.toUTCString(),
    expires: crl.nextUpdate.toUTCString(),
  });
}

async function transparencyPage(path: string, deps: CaPagesDeps): Promise<Page> {
  const page = await logPage(path, deps);
  return page ? found(page.body, page.type, page.cache) : text(404, `the log has no ${path}`);
}

/** In the form in which CAs tell the CCADB of their partitioned CRLs. */
async function crlListPage(name: string, { store, clock, signers }: CaPagesDeps): Promise<Page | undefined> {
  const [, id] = /^([a-z0-9]{1,32})\.crls\.json$/.exec(name) ?? [];
  if (id === undefined || !(await findIssuer(store, id))) return undefined;
  const shards = await listLiveShards(store, id, clock.now().getTime());
  const urls = shards.map((shard) => crlUrl(signers.caUrl, id, shard));
  return found(Buffer.from(`${JSON.stringify(urls)}\n`), "application/json", REVOCATION_CACHE);
}

/**
 * RFC 5019 section 6: an answer that was fetched by GET may be cached. Not for as long as it holds, since a revocation
 * should be seen: `max-age` comes before `Expires`, which old caches go by.
 */
function ocspPage({ der, cacheable }: OcspAnswer, fetched: string | undefined): Page {
  if (fetched === undefined || !cacheable) return found(der, "application/ocsp-response", "no-store");
  return found(der, "application/ocsp-response", `${REVOCATION_CACHE}, no-transform, must-revalidate`, {
    etag: `"${hash("sha256", der, "base64url")}"`,
    "last-modified": cacheable.thisUpdate.toUTCString(),
    expires: cacheable.nextUpdate.toUTCString(),
  });
}

/** 304 for who has it already (RFC 9110 section 13.1.2). */
function unlessKnown(page: Page, knownTags = ""): Page {
  const { etag } = page.headers;
  const isKnown = etag !== undefined && knownTags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
  if (!isKnown) return page;
  const { "content-length": _, "content-type": __, ...headers } = page.headers;
  return { status: 304, headers, body: Buffer.alloc(0) };
}

/** RFC 6960 appendix A.1: the path ends in the URL-encoded base64 of the request. Anything else reads as no request. */
function questionIn(encoded: string): Buffer {
  try {
    return Buffer.from(decodeURIComponent(encoded), "base64");
  } catch {
    return Buffer.alloc(0);
  }
}

function found(body: Buffer, type: string, cache: string, more: Readonly<Record<string, string>> = {}): Page {
  const headers = { "content-type": type, "content-length": `${body.length}`, "cache-control": cache, ...more };
  return { status: 200, headers, body };
}

function text(status: number, message: string, more: Readonly<Record<string, string>> = {}): Page {
  const body = Buffer.from(`${message}\n`);
  const headers = { "content-type": "text/plain; charset=utf-8", "content-length": `${body.length}`, ...more };
  return { status, headers, body };
}

const PEM_TYPE = "application/x-pem-file";
const CERTIFICATE_CACHE = "public, max-age=86400";
const REVOCATION_CACHE = "public, max-age=60";
