import { createHash } from "node:crypto";
import type { Gate, Verdict } from "#edge/application/gate.ts";
import type { Visit } from "#edge/application/visit.ts";
import { type Fields, field } from "#edge/http/fields.ts";
import type { Meters } from "#edge/metrics/board.ts";
import type { Clock } from "#lib/clock.ts";
import { CLAIMS_LIFE, userFields } from "./claims-token.ts";
import { type ClientKeys, type ClientName, clientKeys } from "./client-keys.ts";
import { shardedCookies, shardedValue } from "./cookies.ts";
import { AuthFailure } from "./failure.ts";
import { endedNonce, loginFields, openLogin, redirectUri, sealLogin } from "./login.ts";
import { openSession, type Session, sealSession } from "./session.ts";
import { type OidcAction, redeem, type TokenDeps } from "./tokens.ts";

/** One authenticate-oidc action of a load balancer. */
export interface Authenticator {
  /** Begins the states that this action gives to providers, so that it is known again. */
  readonly id: string;
  readonly gate: Gate;
  /** A user comes back from the provider, with this state (without the id) and these parameters. */
  finish(visit: Visit, state: string, params: URLSearchParams): Promise<Verdict>;
  /** The PEM of the key that signs claims, if it is the one of that id and was needed already. */
  publicKey(keyId: string): Promise<string | undefined>;
  close(): void;
}

export interface AuthenticatorDeps extends TokenDeps {
  readonly clock: Clock;
  readonly meters: Meters;
}

export function authenticator(action: OidcAction, loadBalancerArn: string, deps: AuthenticatorDeps): Authenticator {
  const { clock, meters, openSecret } = deps;
  const { issuer, clientId, sessionCookieName } = action;
  const client: ClientName = { loadBalancerArn, issuer, clientId };
  const id = createHash("sha256").update(JSON.stringify(action)).digest("base64url").slice(0, ID_LENGTH);
  const known = new Map<string, Known>();
  const refreshing = new Map<string, Promise<Known | undefined>>();
  let keys: ClientKeys | undefined;
  let opening: Promise<ClientKeys> | undefined;
  let closed = false;

  const openKeys = async (): Promise<ClientKeys> => {
    try {
      using secret = await openSecret(action.secret);
      const opened = clientKeys(secret, client);
      if (closed) opened.close();
      else keys = opened;
      return opened;
    } catch {
      throw new AuthFailure("AuthUnhandledException");
    } finally {
      opening = undefined;
    }
  };
  const remember = (sealed: string, fresh: Known): Known => {
    known.delete(sealed);
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value ?? "");
    known.set(sealed, fresh);
    return fresh;
  };
  /** The session of a cookie; undefined when it is none, or over. */
  const find = (sealed: string, opened: ClientKeys, now: number): Known | undefined => {
    const one = known.get(sealed);
    if (one) return one.session.expires > now ? one : undefined;
    const session = openSession(sealed, sessionCookieName, opened, now);
    return session && remember(sealed, { session, cookies: undefined, fields: undefined, until: 0 });
  };
  /** Asks the provider whether the user is still there; those that ask at the same time share the answer. */
  const refresh = (
    sealed: string,
    { session }: Known,
    visit: Visit,
    opened: ClientKeys,
  ): Promise<Known | undefined> => {
    const underWay = refreshing.get(sealed);
    if (underWay) return underWay;
    const begun = redeemMeasured({ grant_type: "refresh_token", refresh_token: session.refreshToken ?? "" }, session)
      .then((renewed) => {
        meters.of("ELBAuthRefreshTokenSuccess").add(1);
        const cookies = sessionCookies(renewed, opened, visit.exchange.fields);
        return remember(sealed, { session: renewed, cookies, fields: undefined, until: 0 });
      })
      .catch((error: unknown) => {
        if (!(error instanceof AuthFailure)) throw error;
        known.delete(sealed);
        return undefined;
      })
      .finally(() => refreshing.delete(sealed));
    refreshing.set(sealed, begun);
    return begun;
  };
  const redeemMeasured = async (grant: Parameters<typeof redeem>[0], before?: Session): Promise<Session> => {
    const began = clock.now().getTime();
    try {
      return await redeem(grant, action, began, before, deps);
    } finally {
      meters.of("ELBAuthLatency").add(clock.now().getTime() - began);
    }
  };
  const sessionCookies = (session: Session, opened: ClientKeys, before: Fields): Fields => {
    const sealed = sealSession(session, sessionCookieName, opened);
    const cookies = shardedCookies(sessionCookieName, sealed, new Date(session.expires), before);
    if (!cookies) throw new AuthFailure("AuthUserinfoResponseSizeExceeded");
    return cookies;
  };
  const pass = (visit: Visit, one: Known, opened: ClientKeys, now: number): Verdict => {
    if (!one.fields || one.until <= now) {
      one.fields = userFields(one.session, client, opened, now);
      one.until = now + (CLAIMS_LIFE * 1000) / 2; // targets have at least the other half of it
    }
    visit.added = [...visit.added, ...one.fields];
    if (one.cookies) visit.addToAnswer(one.cookies);
    return "pass";
  };
  const unauthenticated = (visit: Visit, opened: ClientKeys): Verdict => {
    switch (action.onUnauthenticatedRequest) {
      case "allow":
        return "pass";
      case "deny":
        visit.answer(401, [], visit.errorReason);
        return "answered";
      case "authenticate": {
        const stateOf = (login: Parameters<typeof sealLogin>[0]): string => id + sealLogin(login, opened);
        visit.answer(302, loginFields(visit.exchange, action, stateOf, clock.now()), visit.errorReason);
        return "answered";
      }
    }
  };
  const withKeys = (visit: Visit, opened: ClientKeys): Verdict | Promise<Verdict> => {
    const now = clock.now().getTime();
    const sealed = shardedValue(visit.exchange.fields, sessionCookieName);
    if (sealed === undefined) return unauthenticated(visit, opened);
    const one = find(sealed, opened, now);
    if (!one) {
      visit.errorReason = "AuthInvalidCookie";
      meters.of("ELBAuthFailure").add(1);
      return unauthenticated(visit, opened);
    }
    const { accessExpires, refreshToken } = one.session;
    if (accessExpires === undefined || accessExpires > now || refreshToken === undefined) {
      return pass(visit, one, opened, now);
    }
    return refresh(sealed, one, visit, opened).then((renewed) =>
      renewed ? pass(visit, renewed, opened, now) : unauthenticated(visit, opened),
    );
  };
  const answerFailure = (visit: Visit, error: unknown): Verdict => {
    if (!(error instanceof AuthFailure)) throw error;
    meters.of(error.answer.metric).add(1);
    visit.answer(error.answer.status, [], error.reason);
    return "answered";
  };
  const judged = (visit: Visit, opened: ClientKeys): Verdict | Promise<Verdict> => {
    try {
      const verdict = withKeys(visit, opened);
      return typeof verdict === "string" ? verdict : verdict.catch((error: unknown) => answerFailure(visit, error));
    } catch (error) {
      return answerFailure(visit, error);
    }
  };

  return {
    id,
    gate(visit) {
      visit.execute("authenticate");
      if (keys) return judged(visit, keys);
      opening ??= openKeys();
      return opening.then(
        (opened) => judged(visit, opened),
        (error: unknown) => answerFailure(visit, error),
      );
    },
    async finish(visit, state, params) {
      visit.execute("authenticate");
      try {
        const opened = keys ?? (await (opening ??= openKeys()));
        const { fields, host } = visit.exchange;
        const login = openLogin(state, opened, fields, clock.now().getTime());
        if (host === undefined || host.toLowerCase() !== login.host.toLowerCase()) {
          throw new AuthFailure("AuthInvalidStateParam");
        }
        const code = params.get("code");
        if (code === null) throw new AuthFailure("AuthMissingCodeParam");
        const session = await redeemMeasured({
          grant_type: "authorization_code",
          code,
          redirect_uri: redirectUri(login.host),
        });
        const cookies = sessionCookies(session, opened, fields);
        meters.of("ELBAuthSuccess").add(1);
        const back = `https://${login.host}${login.target}`;
        visit.answer(302, [field("Location", back), ...cookies, ...endedNonce()]);
        return "answered";
      } catch (error) {
        return answerFailure(visit, error);
      }
    },
    async publicKey(keyId) {
      const opened = keys ?? (await (opening ??= openKeys()).catch(() => undefined));
      return opened?.keyId === keyId ? opened.publicKey : undefined;
    },
    close() {
      closed = true;
      keys?.close();
      keys = undefined;
      known.clear();
    },
  };
}

/** A session that was opened, by its cookie. */
interface Known {
  readonly session: Session;
  /** To be set anew, since the session was refreshed after this cookie was. */
  readonly cookies: Fields | undefined;
  /** What targets are told, and until when it may be told. */
  fields: Fields | undefined;
  until: number;
}

export const ID_LENGTH = 12;
/** Of one action: opening a cookie and signing claims costs 100 times what finding them does. */
const MOST_KNOWN = 1_000;
