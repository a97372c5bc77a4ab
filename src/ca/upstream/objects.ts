import { dictionary, flag, list, object, oneOf, optional, type Shape, text } from "#lib/shape.ts";
import { Unreachable } from "./https-exchange.ts";
import { type Problem, problemIn } from "./problem.ts";

/** RFC 8555 section 7.1.1, with what RFC 9773 and draft-ietf-acme-profiles add. */
export interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  readonly revokeCert: string;
  readonly renewalInfo: string | undefined;
  readonly termsOfService: string | undefined;
  readonly externalAccountRequired: boolean;
  readonly caaIdentities: readonly string[];
  /** Names of profiles; undefined when the CA knows none. */
  readonly profiles: readonly string[] | undefined;
}

export type OrderStatus = "pending" | "ready" | "processing" | "valid" | "invalid";

/** Section 7.1.3. */
export interface AcmeOrder {
  readonly status: OrderStatus;
  readonly expires: Date | undefined;
  readonly authorizations: readonly string[];
  readonly finalize: string;
  readonly certificate: string | undefined;
  readonly error: Problem | undefined;
}

/** Section 7.1.4. */
export interface Authorization {
  readonly status: "pending" | "valid" | "invalid" | "deactivated" | "expired" | "revoked";
  /** Without `*.`. */
  readonly name: string;
  readonly challenges: readonly Challenge[];
}

/** Section 7.1.5. */
export interface Challenge {
  readonly type: string;
  readonly url: string;
  readonly status: "pending" | "processing" | "valid" | "invalid";
  /** Undefined for kinds of challenges that have none, as that by a record that stays. */
  readonly token: string | undefined;
  readonly error: Problem | undefined;
}

/** RFC 9773 section 4.2. */
export interface RenewalInfo {
  readonly start: Date;
  readonly end: Date;
  readonly explanation: string | undefined;
}

/** The directory in a body. Throws Unreachable, as all of these do for what is none. */
export function parseDirectory(body: Uint8Array): Directory {
  const value = read(body, isDirectory, "directory");
  const { newNonce, newAccount, newOrder, revokeCert, renewalInfo, meta = {} } = value;
  const { termsOfService, externalAccountRequired = false, caaIdentities = [], profiles } = meta;
  const offered = profiles && Object.keys(profiles);
  const more = { renewalInfo, termsOfService, externalAccountRequired, caaIdentities, profiles: offered };
  return { newNonce, newAccount, newOrder, revokeCert, ...more };
}

export function parseOrder(body: Uint8Array): AcmeOrder {
  const { status, expires, authorizations, finalize, certificate, error } = read(body, isOrder, "order");
  return { status, expires: time(expires), authorizations, finalize, certificate, error: problemIn(error) };
}

export function parseAuthorization(body: Uint8Array): Authorization {
  const { status, identifier, challenges } = read(body, isAuthorization, "authorization");
  return {
    status,
    name: identifier.value.toLowerCase().replace(/^\*\./, ""),
    challenges: challenges.map(({ error, token, ...challenge }) => ({
      type: challenge.type,
      url: challenge.url,
      status: challenge.status,
      token,
      error: problemIn(error),
    })),
  };
}

/** Whether the account may still be used. */
export function parseAccountStatus(body: Uint8Array): "valid" | "deactivated" | "revoked" {
  return read(body, isAccount, "account").status;
}

export function parseRenewalInfo(body: Uint8Array): RenewalInfo {
  const { suggestedWindow, explanationURL } = read(body, isRenewalInfo, "renewal information");
  const [start, end] = [time(suggestedWindow.start), time(suggestedWindow.end)];
  if (!start || !end || start >= end) throw new Unreachable("the CA's renewal information has no window");
  const explanation = explanationURL !== undefined && URL.parse(explanationURL)?.protocol === "https:";
  return { start, end, explanation: explanation ? explanationURL : undefined };
}

function read<T>(body: Uint8Array, shape: Shape<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    throw new Unreachable(`the CA's ${what} is no JSON`);
  }
  if (!shape(value)) throw new Unreachable(`the CA's ${what} is not as RFC 8555 has it`);
  return value;
}

function time(text: string | undefined): Date | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(text)) {
    return undefined;
  }
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const url = text(2048);
const word = text(255);

const isDirectory = object({
  newNonce: url,
  newAccount: url,
  newOrder: url,
  revokeCert: url,
  renewalInfo: optional(url),
  meta: optional(
    object({
      termsOfService: optional(url),
      externalAccountRequired: optional(flag),
      caaIdentities: optional(list(word, 100)),
      profiles: optional(dictionary(text(4096), 100)),
    }),
  ),
}) as Shape<
  Pick<Directory, "newNonce" | "newAccount" | "newOrder" | "revokeCert"> & {
    readonly renewalInfo?: string;
    readonly meta?: {
      readonly termsOfService?: string;
      readonly externalAccountRequired?: boolean;
      readonly caaIdentities?: readonly string[];
      readonly profiles?: Readonly<Record<string, string>>;
    };
  }
>;

const isOrder = object({
  status: oneOf("pending", "ready", "processing", "valid", "invalid"),
  expires: optional(text(64)),
  authorizations: list(url, 200),
  finalize: url,
  certificate: optional(url),
}) as Shape<
  Pick<AcmeOrder, "status" | "authorizations" | "finalize"> & {
    readonly expires?: string;
    readonly certificate?: string;
    readonly error?: unknown;
  }
>;

const isAuthorization = object({
  status: oneOf("pending", "valid", "invalid", "deactivated", "expired", "revoked"),
  identifier: object({ type: word, value: word }),
  challenges: list(
    object({
      type: word,
      url,
      status: oneOf("pending", "processing", "valid", "invalid"),
      // Section 8.1: at least 128 bits, in the base64url alphabet. It becomes part of a name and of a path.
      token: optional(((value) => typeof value === "string" && /^[\w-]{1,128}$/.test(value)) as Shape<string>),
    }),
    50,
  ),
}) as Shape<{
  readonly status: Authorization["status"];
  readonly identifier: { readonly value: string };
  readonly challenges: readonly (Pick<Challenge, "type" | "url" | "status"> & {
    readonly token?: string;
    readonly error?: unknown;
  })[];
}>;

const isAccount = object({ status: oneOf("valid", "deactivated", "revoked") }) as Shape<{
  readonly status: "valid" | "deactivated" | "revoked";
}>;

const isRenewalInfo = object({
  suggestedWindow: object({ start: text(64), end: text(64) }),
  explanationURL: optional(url),
}) as Shape<{
  readonly suggestedWindow: { readonly start: string; readonly end: string };
  readonly explanationURL?: string;
}>;
