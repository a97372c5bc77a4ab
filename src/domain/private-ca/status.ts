import { Refusal } from "#domain/refusal.ts";

/** The kinds of private CAs: one that signs itself, and one that another CA signs. */
export type CaType = "ROOT" | "SUBORDINATE";

/** For how long it may issue: as long as its own certificate lives, or for seven days. */
export type UsageMode = "GENERAL_PURPOSE" | "SHORT_LIVED_CERTIFICATE";

/** https://docs.aws.amazon.com/privateca/latest/userguide/creating-managing.html, "CA states". EXPIRED is never stored. */
export type CaStatus = "CREATING" | "PENDING_CERTIFICATE" | "ACTIVE" | "DISABLED" | "DELETED" | "EXPIRED" | "FAILED";

/** What decides over a CA's status. */
export interface CaState {
  readonly status: CaStatus;
  /** Undefined before its certificate is installed. */
  readonly notAfter: Date | undefined;
}

/** The status to show: a CA whose certificate has ended is EXPIRED, whatever it was. */
export function statusAt({ status, notAfter }: CaState, now: Date): CaStatus {
  const mayExpire = status === "ACTIVE" || status === "DISABLED";
  return mayExpire && notAfter && notAfter < now ? "EXPIRED" : status;
}

/** What can be asked of a CA, and in which of its states. */
export type CaAct =
  | "audit"
  | "delete"
  | "import"
  | "issue"
  | "issue-to-itself"
  | "label"
  | "permit"
  | "restore"
  | "revoke"
  | "show-certificate"
  | "show-csr"
  | "show-issued"
  | "update";

/** Throws `private-ca-state-forbids`, in AWS's words and with the state, when the CA is in none of the act's states. */
export function checkState(act: CaAct, arn: string, status: CaStatus): void {
  const { states, message } = ACTS[act];
  if (states.includes(status)) return;
  throw new Refusal("private-ca-state-forbids", `${message(arn)} It is ${status}; it must be ${inWords(states)}.`);
}

function inWords(states: readonly CaStatus[]): string {
  return states.length === 1 ? `${states[0]}` : `${states.slice(0, -1).join(", ")} or ${states.at(-1)}`;
}

const LIVING: readonly CaStatus[] = ["ACTIVE", "DISABLED", "EXPIRED"];
/** Without a final point where clients compare the text: Terraform waits for the one of `issue`. */
const ACTS: Readonly<
  Record<CaAct, { readonly states: readonly CaStatus[]; readonly message: (arn: string) => string }>
> = {
  audit: {
    states: LIVING,
    message: (arn) => `The certificate authority ${arn} is not in the correct state to have issued certificates.`,
  },
  delete: {
    states: ["CREATING", "PENDING_CERTIFICATE", "DISABLED", "EXPIRED", "FAILED"],
    message: () => "The certificate authority is not in a valid state for deletion.",
  },
  import: {
    states: ["PENDING_CERTIFICATE", "ACTIVE", "DISABLED", "EXPIRED"],
    message: (arn) => `The certificate authority ${arn} is not in the correct state to import a certificate.`,
  },
  issue: {
    states: ["ACTIVE"],
    message: () => "The certificate authority is not in a valid state for issuing certificates.",
  },
  "issue-to-itself": {
    states: ["PENDING_CERTIFICATE", "ACTIVE", "EXPIRED"],
    message: () => "The certificate authority is not in a valid state for issuing certificates.",
  },
  label: {
    states: ["CREATING", "PENDING_CERTIFICATE", ...LIVING, "FAILED"],
    message: (arn) => `The certificate authority ${arn} is not in the correct state to be tagged.`,
  },
  permit: {
    states: ["PENDING_CERTIFICATE", ...LIVING],
    message: (arn) => `The certificate authority ${arn} is not in the correct state to be changed.`,
  },
  restore: {
    states: ["DELETED"],
    message: () => "The certificate authority is not in a valid state for restoration.",
  },
  revoke: {
    states: LIVING,
    message: () => "The certificate authority is not in a valid state for revoking certificates.",
  },
  "show-certificate": {
    states: LIVING,
    message: (arn) =>
      `The certificate authority ${arn} is not in the correct state to have a certificate signing request.`,
  },
  "show-csr": {
    states: ["PENDING_CERTIFICATE", ...LIVING],
    message: (arn) =>
      `The certificate authority ${arn} is not in the correct state to have a certificate signing request.`,
  },
  "show-issued": {
    states: ["PENDING_CERTIFICATE", ...LIVING],
    message: (arn) => `The certificate authority ${arn} is not in the correct state to have issued certificates.`,
  },
  update: {
    states: ["ACTIVE", "DISABLED"],
    message: () => "The certificate authority must be in the ACTIVE or DISABLED state to be updated.",
  },
};
