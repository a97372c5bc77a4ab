import type { MetricName } from "#edge/metrics/names.ts";

/**
 * Why a user could not be authenticated, as the access log says it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#error-reason-codes
 */
export type AuthReason =
  | "AuthInvalidCookie"
  | "AuthInvalidGrantError"
  | "AuthInvalidIdToken"
  | "AuthInvalidStateParam"
  | "AuthInvalidTokenResponse"
  | "AuthInvalidUserinfoResponse"
  | "AuthMissingCodeParam"
  | "AuthMissingHostHeader"
  | "AuthMissingStateParam"
  | "AuthMissingAWSALBAuthNonce"
  | "AuthInvalidAWSALBAuthNonce"
  | "AuthTokenEpRequestFailed"
  | "AuthTokenEpRequestTimeout"
  | "AuthUnhandledException"
  | "AuthUserinfoEpRequestFailed"
  | "AuthUserinfoEpRequestTimeout"
  | "AuthUserinfoResponseSizeExceeded";

/** What the client is told, and which metric counts it. */
export interface AuthAnswer {
  readonly status: number;
  readonly metric: MetricName;
}

/** Somebody must be told no: thrown on the way through a login. */
export class AuthFailure extends Error {
  override readonly name = "AuthFailure";
  readonly reason: AuthReason;

  constructor(reason: AuthReason) {
    super(reason);
    this.reason = reason;
  }

  get answer(): AuthAnswer {
    return REASONS[this.reason];
  }
}

const failure = (status: number): AuthAnswer => ({ status, metric: "ELBAuthFailure" });
const error = (status: number): AuthAnswer => ({ status, metric: "ELBAuthError" });

/** 561 where the provider said no, 500 where it could not be asked, 401 for what the client did. */
const REASONS: Readonly<Record<AuthReason, AuthAnswer>> = {
  AuthInvalidCookie: failure(401),
  AuthInvalidGrantError: failure(561),
  AuthInvalidIdToken: failure(561),
  AuthInvalidStateParam: failure(401),
  AuthInvalidTokenResponse: failure(561),
  AuthInvalidUserinfoResponse: failure(561),
  AuthMissingCodeParam: failure(561),
  AuthMissingHostHeader: error(401),
  AuthMissingStateParam: failure(401),
  AuthMissingAWSALBAuthNonce: failure(401),
  AuthInvalidAWSALBAuthNonce: failure(401),
  AuthTokenEpRequestFailed: error(561),
  AuthTokenEpRequestTimeout: error(500),
  AuthUnhandledException: error(500),
  AuthUserinfoEpRequestFailed: error(561),
  AuthUserinfoEpRequestTimeout: error(500),
  AuthUserinfoResponseSizeExceeded: { status: 401, metric: "ELBAuthUserClaimsSizeExceeded" },
};
