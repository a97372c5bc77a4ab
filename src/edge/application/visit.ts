import type { Exchange } from "#edge/http/exchange.ts";
import type { Fields } from "#edge/http/fields.ts";
import { answerBody, answerStatus } from "#edge/http/own-answers.ts";
import type { ForwardSettings } from "#edge/targets/forward-settings.ts";
import { type Journey, newJourney } from "#edge/targets/journey.ts";
import type { Clock } from "#lib/clock.ts";
import { ShapedExchange } from "./shaped-exchange.ts";
import type { Transformed } from "./transforms.ts";

/** One request at the front of an Application Load Balancer, and what was done about it so far. */
export class Visit {
  /** As answers are to be sent on it. */
  exchange: Exchange;
  readonly journey: Journey = newJourney();
  readonly settings: ForwardSettings;
  /** Of the rule that takes it; 0 for the default rule, undefined while none does. */
  priority: number | undefined;
  evaluations = 0;
  /** What was executed, in its order and with commas. */
  actions = "";
  redirectUrl: string | undefined;
  errorReason: string | undefined;
  transformed: Transformed | undefined;
  /** What actions tell the target. */
  added: Fields = NONE;
  readonly #clock: Clock;

  constructor(exchange: Exchange, settings: ForwardSettings, clock: Clock) {
    this.exchange = settings.answer.out.has("server") ? new ShapedExchange(exchange, withoutServer) : exchange;
    this.settings = settings;
    this.#clock = clock;
  }

  /** Whether an action answered, or somebody began to. */
  get isAnswered(): boolean {
    return this.journey.status !== undefined;
  }

  /** Notes that an action is executed. */
  execute(action: string): void {
    this.actions = this.actions === "" ? action : `${this.actions},${action}`;
  }

  /** Every answer to this request gets these fields as well, whoever gives it. */
  addToAnswer(more: Fields): void {
    if (more.length > 0) this.exchange = new ShapedExchange(this.exchange, (fields) => [...fields, ...more]);
  }

  /** Answers in the load balancer's own words; `errorReason` goes into the access log. */
  answer(status: number, fields: Fields = NONE, errorReason?: string): void {
    this.#begin(status, errorReason);
    const { set } = this.settings.answer;
    answerStatus(this.exchange, status, set.length > 0 ? [...fields, ...set] : fields);
  }

  answerWith(status: number, contentType: string, body: string): void {
    this.#begin(status, undefined);
    answerBody(this.exchange, status, contentType, body, this.settings.answer.set);
  }

  #begin(status: number, errorReason: string | undefined): void {
    this.journey.status = status;
    this.journey.respondedAt = this.#clock.now().getTime();
    if (errorReason !== undefined) this.errorReason = errorReason;
  }
}

function withoutServer(fields: Fields): Fields {
  return fields.filter(({ key }) => key !== "server");
}

const NONE: Fields = [];
