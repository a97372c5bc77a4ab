/** Whether a certificate would be renewed if it were due now. */
export type Verdict = "WOULD_RENEW" | "WOULD_NOT_RENEW" | "NOT_RENEWED_BY_US";

/** What is looked at, in the order in which it is shown. */
export type CheckName =
  | "ELIGIBILITY"
  | "NAMES"
  | "KEY_ALGORITHM"
  | "VALIDATION"
  | "DELEGATION"
  | "CAA"
  | "AUTHORITY"
  | "ENCRYPTION_KEY"
  | "GRANTS"
  | "EDGES"
  | "LAST_ATTEMPT";

/** `WARNING`: it would be renewed all the same, or somebody has yet to do something in time. */
export type Outcome = "PASSED" | "WARNING" | "FAILED";

/** One thing that a check found out. */
export interface Finding {
  readonly check: CheckName;
  readonly outcome: Outcome;
  /** A sentence for whoever looks after the certificate. */
  readonly message: string;
  /** Which of its names it is about; undefined when it is about all. */
  readonly domainName?: string;
  /** The record that must stand in the DNS. */
  readonly record?: RecordToWrite;
  /** What was asked and answered; only kept where it did not pass. */
  readonly lookups?: readonly LookupLine[];
}

export interface RecordToWrite {
  /** Without the last dot. */
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** One question that was asked of the world: see `Asked` of the validation. */
export interface LookupLine {
  readonly name: string;
  readonly type: string;
  readonly server: string;
  readonly answer?: string;
  readonly failure?: string;
}

/** What a rehearsal came to. */
export interface Outcomes {
  readonly verdict: Verdict;
  /** Why it would not be renewed, or what may yet keep it from that; undefined when nothing is wrong. */
  readonly problem: string | undefined;
  /** The record whose absence is the problem. */
  readonly record: RecordToWrite | undefined;
}

/** The verdict on what was found: the first failure decides, in the order of the checks. `renewedHere` says whose task it is. */
export function judge(findings: readonly Finding[], renewedHere: boolean): Outcomes {
  const failed = findings.find(({ outcome }) => outcome === "FAILED");
  const first = failed ?? findings.find(({ outcome }) => outcome === "WARNING");
  const verdict = failed ? "WOULD_NOT_RENEW" : renewedHere ? "WOULD_RENEW" : "NOT_RENEWED_BY_US";
  return { verdict, problem: first?.message, record: first?.record };
}
