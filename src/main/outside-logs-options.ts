import { MISSING, type Missing } from "#ca/transparency/outside/policy.ts";
import { ConfigError } from "./config-error.ts";
import type { Option } from "./options.ts";

export interface OutsideLogsOptions {
  readonly "outside-logs": Option<string>;
  readonly "outside-logs-needed": Option<number>;
  readonly "outside-logs-operators": Option<number>;
  readonly "outside-logs-missing": Option<Missing>;
  readonly "outside-logs-ca": Option<string>;
}

/** Which logs of others are told of certificates, and how many of them must answer. */
export const OUTSIDE_LOGS_OPTIONS: OutsideLogsOptions = {
  "outside-logs": {
    parse: (value) => value,
    default: "",
    help: "logs of others that are told what our own CA signs, before it does: a list as browsers have it (log_list.json); empty: none",
    value: "FILE",
  },
  "outside-logs-needed": {
    parse: few,
    default: "2",
    help: "how many of them must give a timestamp for each certificate",
    value: "N",
  },
  "outside-logs-operators": {
    parse: few,
    default: "2",
    help: "how many operators those must belong to",
    value: "N",
  },
  "outside-logs-missing": {
    parse: missing,
    default: "wait",
    help: "where fewer answer: wait with the certificate, fail the request, or sign with the timestamps that came",
    value: "wait|fail|sign",
  },
  "outside-logs-ca": {
    parse: (value) => value,
    default: "",
    help: "whom to trust at those logs in the place of the public roots, PEM",
    value: "FILE",
  },
};

function few(value: string): number {
  if (/^[1-8]$/.test(value)) return Number(value);
  throw new ConfigError(`"${value}" is not a number from 1 to 8`);
}

function missing(value: string): Missing {
  const found = MISSING.find((one) => one === value);
  if (!found) throw new ConfigError(`"${value}" is not one of ${MISSING.join(", ")}`);
  return found;
}
