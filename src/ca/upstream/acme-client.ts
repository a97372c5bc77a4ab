import type { KeyObject } from "node:crypto";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Clock } from "#lib/clock.ts";
import { HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { type Answered, type Asked, exchange, readAcmeUrl, Unreachable } from "./https-exchange.ts";
import { signJws } from "./jws.ts";
import { parseLinks } from "./links.ts";
import { type Directory, parseDirectory } from "./objects.ts";
import { AcmeProblem, parseProblem } from "./problem.ts";
import { parseRetryAfter } from "./retry-after.ts";
import type { UpstreamCa } from "./upstream-ca.ts";

/** Who signs a request: by the URL of the account, or by the key itself before there is one. */
export interface Signer {
  readonly key: KeyObject;
  readonly account: string | undefined;
}

/** An answer of a CA that is no error. */
export interface AcmeAnswer {
  readonly body: Buffer;
  /** Where the object that was made is. */
  readonly location: string | undefined;
  readonly retryAt: Date | undefined;
  /** Absolute URLs of `rel="alternate"`. */
  readonly alternates: readonly string[];
}

export interface ClientDeps {
  readonly clock: Clock;
  /** How long one exchange may take; 30 seconds when it is not said. */
  readonly patience?: Millis;
}

/** The transport of RFC 8555 to one CA: directory, nonces, signed requests. Open connections end with `close`. */
export class AcmeClient {
  readonly ca: UpstreamCa;
  readonly #deps: ClientDeps;
  readonly #agent: HttpAgent;
  #nonces: string[] = [];
  #directory: { readonly read: Promise<Directory>; readonly until: Date } | undefined;

  constructor(ca: UpstreamCa, deps: ClientDeps) {
    const options = { keepAlive: true, timeout: IDLE, maxSockets: MOST_CONNECTIONS };
    this.ca = ca;
    this.#deps = deps;
    this.#agent =
      URL.parse(ca.directory)?.protocol === "http:"
        ? new HttpAgent(options)
        : new HttpsAgent({ ...options, ...(ca.trust === undefined ? {} : { ca: ca.trust }) });
  }

  /** The directory, read again after an hour, and after it could not be used. Throws Unreachable and AcmeProblem. */
  async directory(): Promise<Directory> {
    const now = this.#deps.clock.now();
    if (!this.#directory || this.#directory.until <= now) {
      const read = this.get(this.ca.directory).then(({ body }) => parseDirectory(body));
      this.#directory = { read, until: later(now, DIRECTORY_LIFETIME) };
      read.catch(() => this.forgetDirectory());
    }
    return await this.#directory.read;
  }

  /** The CA may have moved: the next use reads the directory again. */
  forgetDirectory(): void {
    this.#directory = undefined;
  }

  /** What may be read by everybody: the directory, renewal information. Throws Unreachable and AcmeProblem. */
  async get(url: string): Promise<AcmeAnswer> {
    return this.#judge(url, await this.#exchange({ method: "GET", url, headers: {} }));
  }

  /**
   * A signed request; without a payload it is POST-as-GET (section 6.3). A nonce that the CA refuses is replaced and the
   * request signed again (section 6.5): the CA has done nothing then. Throws Unreachable and AcmeProblem.
   */
  async post(url: string, payload: object | undefined, signer: Signer, accept?: string): Promise<AcmeAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const nonce = this.#nonces.pop() ?? (await this.#newNonce());
      const body = await signJws(payload, { nonce, url, signer });
      const headers = { "content-type": "application/jose+json", ...(accept === undefined ? {} : { accept }) };
      const answer = await this.#exchange({ method: "POST", url, headers, body });
      try {
        return this.#judge(url, answer);
      } catch (error) {
        const refused = error instanceof AcmeProblem && error.problem.type === "badNonce";
        if (!refused || attempt === MOST_NONCES) throw error;
      }
    }
  }

  /** Ends the connections that are kept open. */
  close(): void {
    this.#agent.destroy();
  }

  #judge(url: string, { status, headers, body }: Answered): AcmeAnswer {
    const retryAt = parseRetryAfter(headers["retry-after"], this.#deps.clock.now());
    if (status >= 400 || status < 200) {
      if (status === 404 || status === 405) this.forgetDirectory();
      throw new AcmeProblem(status, parseProblem(body, status), retryAt);
    }
    const location = headers.location === undefined ? undefined : URL.parse(headers.location, url)?.href;
    return { body, location, retryAt, alternates: parseLinks(headers["link"], "alternate", url) };
  }

  async #newNonce(): Promise<string> {
    const { newNonce } = await this.directory();
    this.#judge(newNonce, await this.#exchange({ method: "HEAD", url: newNonce, headers: {} }));
    const nonce = this.#nonces.pop();
    if (nonce === undefined) throw new Unreachable(`${readAcmeUrl(newNonce).host} gives no nonces`);
    return nonce;
  }

  /** Every answer may bring a nonce (section 6.5). */
  async #exchange(asked: Asked): Promise<Answered> {
    const [url, directory] = [readAcmeUrl(asked.url), readAcmeUrl(this.ca.directory)];
    if (url.protocol !== directory.protocol) {
      // A public CA has no business on this machine, to which clear HTTP would lead.
      const how = directory.protocol === "https:" ? "over TLS" : "in clear";
      throw new Unreachable(
        `${url.href} cannot be asked: ${this.ca.name} is asked ${how}, and so is all that it names`,
      );
    }
    const answer = await exchange(asked, { agent: this.#agent, patience: this.#deps.patience ?? PATIENCE });
    const nonce = answer.headers["replay-nonce"];
    if (typeof nonce === "string" && NONCE.test(nonce)) {
      this.#nonces = [...this.#nonces.slice(1 - MOST_KEPT), nonce];
    }
    return answer;
  }
}

const NONCE = /^[\w-]{1,512}$/;
const MOST_KEPT = 32;
/** A test server may refuse nine of ten; a CA that refuses a hundred is out of order. */
const MOST_NONCES = 100;
const MOST_CONNECTIONS = 8;
const DIRECTORY_LIFETIME: Millis = HOUR;
const PATIENCE: Millis = 30 * SECOND;
/** A connection that rests this long is closed by us, before the CA does so in the middle of a request. */
const IDLE: Millis = 4 * SECOND;
