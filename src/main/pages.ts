import type { Call, Reply } from "#aws/call.ts";
import type { Pages } from "#aws/http-server.ts";
import { isLocalProgram } from "#lib/local-program.ts";
import type { Metrics } from "./metrics.ts";

export interface PageDeps {
  readonly metrics: Metrics;
  /** Throws when the store does not answer; tells how many edges are connected. */
  readonly health: () => Promise<{ readonly edges: number }>;
  /** The roots that are trusted, of every hierarchy. */
  readonly trust: () => Promise<object>;
  /** Wipes the first account; undefined outside development. */
  readonly reset: (() => Promise<void>) | undefined;
}

/** What the port serves beside the AWS APIs: health, whom to trust, metrics and, in development, a reset. Only the first two are for others. */
export function operatorPages(deps: PageDeps): Pages {
  return async (call) => {
    const page = PAGES[`${call.method} ${call.path}`];
    if (!page) return call.path.startsWith("/_sealkeeper/") ? text(404, "There is no such page.") : undefined;
    if (page.localOnly && !isLocalProgram(call)) return text(403, "This page is for programs on this machine only.");
    return page.answer(deps, call);
  };
}

interface OperatorPage {
  readonly localOnly: boolean;
  readonly answer: (deps: PageDeps, call: Call) => Promise<Reply>;
}

const PAGES: Readonly<Record<string, OperatorPage>> = {
  "GET /_sealkeeper/health": {
    localOnly: false,
    answer: async ({ health }) => {
      try {
        return json(200, { status: "ok", ...(await health()) });
      } catch {
        return json(503, { status: "the database does not answer" });
      }
    },
  },
  "GET /_sealkeeper/trust": {
    localOnly: false,
    answer: async ({ trust }) => json(200, await trust()),
  },
  "GET /metrics": {
    localOnly: true,
    answer: async ({ metrics }) => {
      const { type, text: body } = await metrics.page();
      return { status: 200, headers: { "content-type": type }, body };
    },
  },
  "POST /_sealkeeper/reset": {
    localOnly: true,
    answer: async ({ reset }) => {
      if (!reset) return text(403, "Only with --dev.");
      await reset();
      return { status: 204, headers: {} };
    },
  },
};

function text(status: number, body: string): Reply {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${body}\n` };
}

function json(status: number, value: object): Reply {
  return { status, headers: { "content-type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}
