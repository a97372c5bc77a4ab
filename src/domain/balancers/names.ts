import { Refusal } from "#domain/refusal.ts";

/** Throws `balancer-input-invalid` for a name that a load balancer cannot have. */
export function checkBalancerName(name: string): void {
  checkName("Load balancer", name);
  if (name.startsWith("internal-")) {
    throw new Refusal("balancer-input-invalid", `Load balancer name '${name}' cannot begin with 'internal-'`);
  }
}

/** Throws `balancer-input-invalid` for a name that a target group cannot have. */
export function checkTargetGroupName(name: string): void {
  checkName("Target group", name);
}

/** Throws `balancer-input-invalid` for a name that a trust store cannot have. */
export function checkTrustStoreName(name: string): void {
  checkName("Trust store", name);
  if (name.includes("--")) {
    throw new Refusal("balancer-input-invalid", `Trust store name '${name}' cannot contain two hyphens in a row`);
  }
}

function checkName(what: string, name: string): void {
  const refuse = (why: string): never => {
    throw new Refusal("balancer-input-invalid", `${what} name '${name}' ${why}`);
  };
  if (name === "") refuse("cannot be empty");
  if (name.length > 32) refuse("cannot be longer than '32' characters");
  if (!/^[a-zA-Z0-9-]+$/.test(name))
    refuse("can only contain characters that are alphanumeric characters and hyphens(-)");
  if (name.startsWith("-") || name.endsWith("-")) refuse("cannot begin or end with '-'");
}
