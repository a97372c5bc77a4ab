import type { Generated } from "kysely";
import type { EpochMillis } from "./types.ts";

export interface JobTables {
  /** Promised work, at most one row for a task and subject. Due when `runAt` has come; claimed by moving `runAt` on. */
  jobs: {
    task: string;
    subject: string;
    runAt: EpochMillis;
    /** Tries begun since the job was promised. */
    attempts: Generated<number>;
    lastError: string | null;
    /** The node at work on it; null while it waits. */
    holder: string | null;
  };
}
