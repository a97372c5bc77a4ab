import type { Visit } from "./visit.ts";

/** An action before the last: it lets a request pass, or answers it. Never rejects for what clients and providers do. */
export type Gate = (visit: Visit) => Verdict | Promise<Verdict>;

export type Verdict = "pass" | "answered";
