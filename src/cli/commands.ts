import { ACCOUNT_DETAILS } from "./account-details.ts";
import { ACME_DETAILS } from "./acme/details.ts";
import { AUDIT_DETAILS } from "./audit/details.ts";
import { CA_DETAILS } from "./ca/details.ts";
import { CAMPAIGN_DETAILS } from "./campaign/details.ts";
import { EDGE_DETAILS } from "./edge/details.ts";
import { EVENTS_DETAILS } from "./events-details.ts";
import { HOSTS_DETAILS } from "./hosts-details.ts";
import { REHEARSE_DETAILS } from "./rehearse/details.ts";
import { ROOT_DETAILS } from "./root-details.ts";
import { TIME_MACHINE_DETAILS } from "./time-machine-details.ts";

/** What a command is for, and where its code is; it is loaded only when it is asked for. */
export interface Command {
  readonly summary: string;
  readonly usage: string;
  /** What `--help` teaches beyond that, in lines. */
  readonly details?: readonly string[];
  /** Not for people: started by other commands. */
  readonly internal?: true;
  readonly load: () => Promise<{ readonly main: (args: readonly string[]) => Promise<number> }>;
}

export type CommandName =
  | "serve"
  | "account"
  | "acme"
  | "audit"
  | "ca"
  | "campaign"
  | "demo"
  | "explain"
  | "events"
  | "rehearse"
  | "time-machine"
  | "edge"
  | "hosts"
  | "root";

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  serve: {
    summary: "run the control plane, the DNS server and an edge, until interrupted",
    usage: "sealkeeper serve [--config FILE] [--SETTING VALUE]…",
    load: () => import("./serve.ts"),
  },
  demo: {
    summary: "show one certificate's whole life on the running product, in under half a minute",
    usage: "sealkeeper demo [--keep] [--database URL]",
    load: () => import("./demo.ts"),
  },
  acme: {
    summary: "let ACME clients (certbot, lego, cert-manager …) get certificates for a domain, in one step",
    usage: "sealkeeper acme DOMAIN… [--email ADDRESS] [--scope exact,subdomains,wildcards] [--json]",
    details: ACME_DETAILS,
    load: () => import("./acme.ts"),
  },
  explain: {
    summary: "say why a certificate is as it is: what was looked up, what answered, when it is tried again",
    usage: "sealkeeper explain CERTIFICATE_ARN [--data-dir DIR | --database URL | --config FILE]",
    load: () => import("./explain.ts"),
  },
  audit: {
    summary: "prove that the journal is as it was written, and tell the whole life of one key",
    usage:
      "sealkeeper audit verify|key ARN|key --issuer ID|export|prove INDEX|checkpoint [--json] [--data-dir DIR | --database URL | --config FILE]",
    details: AUDIT_DETAILS,
    load: () => import("./audit.ts"),
  },
  events: {
    summary: "show what happened to certificates, follow it, and see to what was not delivered",
    usage:
      "sealkeeper events [--since 24h] [--follow] [--json] [--undelivered] [--resend] [--data-dir DIR | --database URL | --config FILE]",
    details: EVENTS_DETAILS,
    load: () => import("./events.ts"),
  },
  rehearse: {
    summary: "say of every certificate whether it would be renewed now, and what to do where it would not",
    usage:
      "sealkeeper rehearse [CERTIFICATE_ARN…] [--failures-only] [--owner NAME] [--region REGION] [--json] [--data-dir DIR | --endpoint-url URL]",
    details: REHEARSE_DETAILS,
    load: () => import("./rehearse.ts"),
  },
  campaign: {
    summary:
      "replace and revoke many certificates at once: an intermediate, a key or an algorithm is not to be trusted",
    usage: "sealkeeper campaign plan|start|status|pause|resume|abort|report|list …",
    details: CAMPAIGN_DETAILS,
    load: () => import("./campaign.ts"),
  },
  "time-machine": {
    summary:
      "let a simulated fleet live for years by the product's own rules, and see whether any certificate was lost",
    usage: "sealkeeper time-machine [--certificates 10000] [--years 10] [--seed 1] [--json] [--follow NUMBER]",
    details: TIME_MACHINE_DETAILS,
    load: () => import("./time-machine.ts"),
  },
  account: {
    summary: "open another account, or give one a new root access key",
    usage: "sealkeeper account create|root-key ACCOUNT_ID | list [--data-dir DIR | --database URL | --config FILE]",
    details: ACCOUNT_DETAILS,
    load: () => import("./account.ts"),
  },
  edge: {
    summary: "let edges on other machines join and serve, list and remove them; see them through an upgrade",
    usage: "sealkeeper edge join|run|reload|tokens|list|remove …",
    details: EDGE_DETAILS,
    load: () => import("./edge.ts"),
  },
  ca: {
    summary:
      "the CA within: hierarchies, rollover of intermediates and roots, the ceremony of a root that is kept offline",
    usage:
      "sealkeeper ca list|show|create|add|rotate|activate|retire|revoke|distrust|take-offline|import-root|request|install|ceremony …",
    details: CA_DETAILS,
    load: () => import("./ca.ts"),
  },
  hosts: {
    summary: "tell which machines target groups of type instance send requests to",
    usage: "sealkeeper hosts add ADDRESS | remove INSTANCE_ID | list …",
    details: HOSTS_DETAILS,
    load: () => import("./hosts.ts"),
  },
  root: {
    summary: "show, move and rotate the root of custody that all keys are sealed under, while everything serves",
    usage:
      "sealkeeper root show|verify|move|finish|rotate|make-key … [--data-dir DIR | --database URL | --config FILE]",
    details: ROOT_DETAILS,
    load: () => import("./root.ts"),
  },
};
