/** The error types of RFC 8555 section 6.7, RFC 9773 section 7.4, with the status that each is answered with. */
const STATUSES = {
  accountDoesNotExist: 400,
  alreadyReplaced: 409,
  alreadyRevoked: 400,
  badCSR: 400,
  badNonce: 400,
  badPublicKey: 400,
  badRevocationReason: 400,
  badSignatureAlgorithm: 400,
  caa: 403,
  compound: 400,
  dns: 400,
  externalAccountRequired: 403,
  invalidContact: 400,
  malformed: 400,
  orderNotReady: 403,
  rateLimited: 429,
  rejectedIdentifier: 403,
  serverInternal: 500,
  unauthorized: 403,
  unsupportedContact: 400,
  unsupportedIdentifier: 400,
} as const;

export type ProblemType = keyof typeof STATUSES;

/** Why one identifier of an order is refused (RFC 8555 section 6.7.1). */
export interface Subproblem {
  readonly type: ProblemType;
  readonly detail: string;
  readonly name: string;
}

interface ProblemMore {
  /** Where it is not the type's own. */
  readonly status?: number;
  readonly subproblems?: readonly Subproblem[];
  /** `badSignatureAlgorithm` lists what would do (RFC 8555 section 6.2). */
  readonly algorithms?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as ACME clients read it: a problem document (RFC 9457). `detail` is shown to people and holds no secret. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly type: ProblemType;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #more: ProblemMore;

  constructor(type: ProblemType, detail: string, more: ProblemMore = {}) {
    super(detail);
    this.type = type;
    this.status = more.status ?? STATUSES[type];
    this.headers = more.headers ?? {};
    this.#more = more;
  }

  toJSON(): object {
    const { subproblems, algorithms } = this.#more;
    return {
      type: urn(this.type),
      detail: this.message,
      status: this.status,
      ...(algorithms && { algorithms }),
      ...(subproblems && {
        subproblems: subproblems.map(({ type, detail, name }) => ({
          type: urn(type),
          detail,
          identifier: { type: "dns", value: name },
        })),
      }),
    };
  }
}

const urn = (type: ProblemType): string => `urn:ietf:params:acme:error:${type}`;
