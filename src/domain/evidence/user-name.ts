/** The short name by which CloudTrail's Username knows a principal: `root`, a user's or session's name, a service. */
export function userNameOf(principal: string): string {
  const [, , , , , resource] = principal.split(":", 6);
  if (resource === undefined) return principal;
  return resource.slice(resource.lastIndexOf("/") + 1);
}
