import type { Meters } from "#edge/metrics/board.ts";
import type { Clock } from "#lib/clock.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Gate, Verdict } from "./gate.ts";
import { jwtValidator } from "./jwt/validator.ts";
import { type Authenticator, authenticator, ID_LENGTH } from "./oidc/authenticator.ts";
import { RESPONSE_PATH } from "./oidc/login.ts";
import type { GateAction } from "./plan.ts";
import type { ProviderClient } from "./provider-call.ts";
import type { Visit } from "./visit.ts";

/** The actions of a listener's rules that look at who asks. */
export interface Gates {
  /** The gate of an action. One that was there before goes on with what it knows. */
  of(action: GateAction): Gate;
  /** Every action was asked for: what is left over from before is forgotten. */
  settle(): void;
  /** Takes requests that are meant for the load balancer itself; undefined for all others. */
  intercept(visit: Visit): Promise<Verdict> | undefined;
  close(): void;
}

export interface GatesDeps {
  readonly clock: Clock;
  readonly meters: Meters;
  readonly provider: ProviderClient;
  readonly openSecret: (name: string) => Promise<PlaintextKey>;
}

export function openGates(loadBalancerArn: string, before: Gates | undefined, deps: GatesDeps): Gates {
  const made = new Map<string, Made>();
  const old = before instanceof OpenGates ? before.made : NONE;
  return new OpenGates(loadBalancerArn, made, old, deps);
}

/** By the action as JSON. */
interface Made {
  readonly gate: Gate;
  readonly authenticator: Authenticator | undefined;
}

class OpenGates implements Gates {
  readonly made: Map<string, Made>;
  readonly #arn: string;
  readonly #deps: GatesDeps;
  #old: ReadonlyMap<string, Made>;
  #authenticators: ReadonlyMap<string, Authenticator> = new Map();

  constructor(arn: string, made: Map<string, Made>, old: ReadonlyMap<string, Made>, deps: GatesDeps) {
    this.#arn = arn;
    this.made = made;
    this.#old = old;
    this.#deps = deps;
  }

  of(action: GateAction): Gate {
    const key = JSON.stringify(action);
    const known = this.made.get(key) ?? this.#old.get(key) ?? this.#make(action);
    this.made.set(key, known);
    return known.gate;
  }

  settle(): void {
    for (const [key, { authenticator: one }] of this.#old) if (!this.made.has(key)) one?.close();
    this.#old = NONE;
    const all = [...this.made.values()].map(({ authenticator: one }) => one).filter((one) => one !== undefined);
    this.#authenticators = new Map(all.map((one) => [one.id, one]));
  }

  intercept(visit: Visit): Promise<Verdict> | undefined {
    if (this.#authenticators.size === 0) return undefined;
    const { method, target } = visit.exchange;
    if (method !== "GET" && method !== "HEAD") return undefined;
    if (target.startsWith(KEYS_PATH)) return this.#publicKey(visit, target.slice(KEYS_PATH.length));
    const [path, query = ""] = splitOnce(target, "?");
    return path === RESPONSE_PATH && method === "GET" ? this.#finish(visit, new URLSearchParams(query)) : undefined;
  }

  close(): void {
    for (const one of this.#authenticators.values()) one.close();
  }

  #make(action: GateAction): Made {
    if (action.type === "jwt-validation") return { gate: jwtValidator(action, this.#deps), authenticator: undefined };
    const made = authenticator(action, this.#arn, this.#deps);
    return { gate: made.gate, authenticator: made };
  }

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
  async #finish(visit: Visit, params: URLSearchParams): Promise<Verdict> {
    const state = params.get("state");
    const one = state === null ? undefined : this.#authenticators.get(state.slice(0, ID_LENGTH));
    if (one && state !== null) return one.finish(visit, state.slice(ID_LENGTH), params);
    visit.execute("authenticate");
    this.#deps.meters.of("ELBAuthFailure").add(1);
    visit.answer(401, [], state === null ? "AuthMissingStateParam" : "AuthInvalidStateParam");
    return "answered";
  }

  async #publicKey(visit: Visit, keyId: string): Promise<Verdict> {
    for (const one of this.#authenticators.values()) {
      const pem = await one.publicKey(keyId);
      if (pem === undefined) continue;
      visit.answerWith(200, "text/plain", pem);
      return "answered";
    }
    return "pass";
  }
}

function splitOnce(text: string, by: string): [string, string?] {
  const cut = text.indexOf(by);
  return cut < 0 ? [text] : [text.slice(0, cut), text.slice(cut + 1)];
}

const NONE: ReadonlyMap<string, Made> = new Map();
/** Where targets find the key that signs claims, by its id. */
const KEYS_PATH = "/oauth2/public-keys/";
