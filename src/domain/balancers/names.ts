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
