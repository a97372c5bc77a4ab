import type { EdgeBalancer, EdgeListener, EdgeRule } from "#domain/edge-config.ts";
import { challengeToken, type FindChallenge } from "#edge/control/challenges.ts";
import type { HttpHandler, RefusedRequest } from "#edge/http/connection.ts";
import type { Exchange } from "#edge/http/exchange.ts";
import type { Fields } from "#edge/http/fields.ts";
import type { Log } from "#edge/logs/log-book.ts";
import type { Meters } from "#edge/metrics/board.ts";
import type { ForwardDeps } from "#edge/targets/forward.ts";
import { type ForwardSettings, forwardSettings } from "#edge/targets/forward-settings.ts";
import type { Targets } from "#edge/targets/targets.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { Asked } from "./asked.ts";
import type { Verdict } from "./gate.ts";
import { type Gates, openGates } from "./gates.ts";
import { compilePlan, type Plan, type PlanDeps } from "./plan.ts";
import type { ProviderClient } from "./provider-call.ts";
import { type Recorder, recorder } from "./record.ts";
import { type RuleBook, ruleBook } from "./rule-book.ts";
import { Visit } from "./visit.ts";

/** What becomes of the requests to one listener of an Application Load Balancer. */
export interface ApplicationFront extends HttpHandler {
  /** Makes rules and settings ready; counts from the next request on. */
  configure(listener: EdgeListener, balancer: EdgeBalancer): void;
  /** Forgets the keys of sessions. Requests that come yet are answered 503. */
  close(): void;
}

export interface FrontDeps extends ForwardDeps {
  readonly targets: Targets;
  readonly meters: Meters;
  readonly accessLog: Log;
  readonly findChallenge: FindChallenge;
  readonly provider: ProviderClient;
  /** The clear text of a secret that came as `secret-put`; rejects when it did not, or may not be opened. */
  readonly openSecret: (name: string) => Promise<PlaintextKey>;
  readonly onError: (what: string, error: unknown) => void;
}

/** Nothing is forwarded before `configure`. */
export function applicationFront(deps: FrontDeps): ApplicationFront {
  let ready: Ready | undefined;
  return {
    configure(listener, balancer) {
      ready = makeReady(listener, balancer, ready, deps);
    },
    request(exchange) {
      if (ready) new Request(exchange, ready, deps).begin();
      else exchange.abort();
    },
    refused(refusal: RefusedRequest) {
      ready?.recorder.refused(refusal);
    },
    close() {
      ready?.gates.close();
      if (ready) ready = { ...ready, rules: ruleBook([], { ...CLOSED }) };
    },
  };
}

/** A configuration, compiled. */
interface Ready {
  readonly rules: RuleBook<Plan>;
  readonly gates: Gates;
  readonly settings: ForwardSettings;
  readonly recorder: Recorder;
}

function makeReady(listener: EdgeListener, balancer: EdgeBalancer, before: Ready | undefined, deps: FrontDeps): Ready {
  const gates = openGates(balancer.arn, before?.gates, deps);
  const planDeps: PlanDeps = { ...deps, gateOf: (action) => gates.of(action) };
  const planOf = (rule: Pick<EdgeRule, "actions">): Plan => compilePlan(rule, listener, planDeps);
  const rules = ruleBook(
    listener.rules.map((rule) => ({ conditions: rule.conditions, rule: planOf(rule) })),
    planOf(listener.defaultRule),
  );
  gates.settle();
  return {
    rules,
    gates,
    settings: forwardSettings(balancer, listener),
    recorder: recorder(balancer.arn, balancer.dnsName, deps),
  };
}

/** One request on its way through the rules. */
class Request {
  readonly #visit: Visit;
  readonly #ready: Ready;
  readonly #deps: FrontDeps;
  #over = false;

  constructor(exchange: Exchange, ready: Ready, deps: FrontDeps) {
    this.#visit = new Visit(exchange, ready.settings, deps.clock);
    this.#ready = ready;
    this.#deps = deps;
    exchange.onEnd((whole) => {
      this.#over = true;
      ready.recorder.record(this.#visit, exchange, whole);
    });
  }

  begin(): void {
    const { exchange } = this.#visit;
    const token = challengeToken(exchange);
    if (token !== undefined) return this.#await(this.#challenge(token), () => this.#route());
    return this.#route();
  }

  async #challenge(token: string): Promise<Verdict> {
    const found = await this.#deps.findChallenge(token);
    if (found === undefined || this.#over) return "pass";
    this.#visit.answerWith(200, "text/plain", found);
    return "answered";
  }

  #route(): void {
    const { exchange } = this.#visit;
    if (exchange.method === "TRACE") return this.#visit.answer(405);
    if (tooManyForwarded(exchange.fields)) return this.#visit.answer(463);
    const own = this.#ready.gates.intercept(this.#visit);
    if (own) return this.#await(own, () => this.#follow());
    return this.#follow();
  }

  #follow(): void {
    const visit = this.#visit;
    const { rule, evaluations } = this.#ready.rules.find(new Asked(visit.exchange));
    visit.priority = rule.priority;
    visit.evaluations = evaluations;
    return this.#pass(rule, 0);
  }

  /** Through the gates that are left, to the last action. */
  #pass(plan: Plan, from: number): void {
    for (let at = from; at < plan.gates.length; at++) {
      const verdict = plan.gates[at]?.(this.#visit) ?? "pass";
      if (typeof verdict !== "string") return this.#await(verdict, () => this.#pass(plan, at + 1));
      if (verdict === "answered") return undefined;
    }
    return this.#finish(plan);
  }

  #finish({ transform, last }: Plan): void {
    const visit = this.#visit;
    if (transform) {
      const { host, target } = visit.exchange;
      visit.transformed = transform(host ?? "", target);
      if (visit.transformed && visit.transformed.status !== "TransformSuccess") return visit.answer(500);
    }
    return last(visit);
  }

  /** Goes on when there is a verdict, unless the client is gone or somebody answered. */
  #await(verdict: Promise<Verdict>, goOn: () => void): void {
    verdict
      .then((one) => {
        if (one === "pass" && !this.#over) goOn();
      })
      .catch((error: unknown) => {
        this.#deps.onError("a request could not be answered", error);
        if (!this.#over && !this.#visit.isAnswered) this.#visit.answer(500);
      });
  }
}

/** Whether a request says that it came through more addresses than a load balancer takes (463). */
function tooManyForwarded(fields: Fields): boolean {
  let count = 0;
  for (const { key, value } of fields) {
    if (key !== "x-forwarded-for") continue;
    count += 1;
    for (let at = value.indexOf(","); at >= 0; at = value.indexOf(",", at + 1)) count += 1;
  }
  return count > MOST_FORWARDED;
}

const CLOSED: Plan = { priority: 0, gates: [], transform: undefined, last: (visit) => visit.answer(503) };
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-463-issues */
const MOST_FORWARDED = 30;
