import { REPORT_TASK, reportJob } from "./audit-report.ts";
import { DESTROY_CA_TASK, destroyJob } from "./change.ts";
import { CREATE_TASK, createJob } from "./create.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { SIGN_TASK, signJob } from "./sign.ts";

/** The background work of private CAs, by the names under which it is promised. */
export function privateCaTasks(
  deps: PrivateCaDeps,
): Readonly<Record<string, (subject: string) => Promise<Date | undefined>>> {
  return {
    [CREATE_TASK]: (id) => createJob(id, deps),
    [SIGN_TASK]: (subject) => signJob(subject, deps),
    [REPORT_TASK]: (id) => reportJob(id, deps),
    [DESTROY_CA_TASK]: (id) => destroyJob(id, deps),
  };
}
