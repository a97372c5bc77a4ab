import { parseArn, rootArn } from "#domain/arn.ts";
import { isPrincipalId } from "#domain/identity/entity.ts";
import type { AccountId, Caller } from "#domain/names.ts";
import type { PrincipalName, Principals } from "./document.ts";
import { factsFor } from "./facts.ts";

/** Who asks, by all the names that policies of resources may call it. */
export interface Asker {
  /** Undefined for services. */
  readonly account: string | undefined;
  readonly arn: string;
  /** Of a session: the ARN of its role. */
  readonly role?: string | undefined;
  /** The unique id of the user, or of the session's role. */
  readonly id?: string | undefined;
  /** Of a session: its role's unique id and its name, `AROA…:session`. */
  readonly sessionId?: string | undefined;
  /** Its name, when it is a service. */
  readonly service?: string | undefined;
}

/** Who a caller is, by all its names. */
export function askerOf({ account, arn, authority }: Pick<Caller, "account" | "arn" | "authority">): Asker {
  const facts = authority?.facts ?? {};
  const principal = factsFor(facts, "aws:PrincipalArn")?.[0];
  const userId = factsFor(facts, "aws:userid")?.[0] ?? "";
  const [id = ""] = userId.split(":");
  return {
    account,
    arn,
    role: principal === arn ? undefined : principal,
    id: isPrincipalId(id) ? id : undefined,
    sessionId: isPrincipalId(id) && userId !== id ? userId : undefined,
  };
}

/**
 * How a statement names who asks: as itself; as somebody of its role, or as anybody; as its account, whose own policies
 * then decide; or not at all. NotPrincipal names an account beside its users, as AWS asks for: it spares the account's
 * root user, and of the others only whom it names as well.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function naming({ negated, names }: Principals, asker: Asker): Naming {
  const found = names.map((name) => named(name, asker));
  if (negated) {
    const spared = found.some((how) => how !== "nobody" && (how !== "account" || isRoot(asker)));
    return spared ? "nobody" : "role";
  }
  return STRONGEST.find((how) => found.includes(how)) ?? "nobody";
}

export type Naming = "itself" | "role" | "account" | "nobody";
const STRONGEST: readonly Naming[] = ["itself", "role", "account"];

const isRoot = ({ account, arn }: Asker): boolean => account !== undefined && arn === rootArn(account as AccountId);

function named(name: PrincipalName, { account, arn, role, id, sessionId, service }: Asker): Naming {
  switch (name.kind) {
    case "everybody":
      return "role";
    case "account":
      return account === name.account ? "account" : "nobody";
    case "id":
      if (name.id === sessionId) return "itself";
      return name.id !== id ? "nobody" : role === undefined ? "itself" : "role";
    case "arn":
      return name.arn === arn ? "itself" : name.arn === role ? "role" : "nobody";
    case "service":
      return service === name.service ? "itself" : "nobody";
    case "federated":
      return "nobody";
  }
}

/** Reads one name of a principal; undefined for what is none. */
export function readPrincipal(type: string, text: string): PrincipalName | undefined {
  if (type === "Service") return SERVICE.test(text) ? { kind: "service", service: text } : undefined;
  if (type === "Federated") return text.length > 0 ? { kind: "federated", provider: text } : undefined;
  if (type !== "AWS") return undefined;
  if (text === "*") return { kind: "everybody" };
  if (/^\d{12}$/.test(text)) return { kind: "account", account: text };
  if (isPrincipalId(text)) return { kind: "id", id: text };
  const arn = parseArn(text);
  if (arn?.account === undefined || text.includes("*") || text.includes("?")) return undefined;
  if (arn.service === "iam" && arn.resource === "root") return { kind: "account", account: arn.account };
  const isPrincipal = PRINCIPALS.some(([of, resource]) => arn.service === of && resource.test(arn.resource));
  return isPrincipal ? { kind: "arn", arn: text } : undefined;
}

const SERVICE = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$/;
/** What of a service's ARNs is a principal. Edges are ours. */
const PRINCIPALS: readonly (readonly [service: string, resource: RegExp])[] = [
  ["iam", /^(user|role)\/.+$/],
  ["sts", /^(assumed-role\/[^/]+|federated-user)\/.+$/],
  ["sealkeeper", /^edge\/.+$/],
];
