import type { Call, Reply } from "#aws/call.ts";
import type { Pages } from "#aws/http-server.ts";
import type { Decision } from "#domain/certificate/approval.ts";
import { MINUTE, SECOND } from "#lib/duration.ts";
import { rateLimit, subscriberOf } from "#lib/rate-limit.ts";
import { type AnswerDeps, answerApproval, readApproval } from "#lifecycle/approval/answer-approval.ts";
import { APPROVALS_PATH } from "#lifecycle/approval/approval-letters.ts";
import { APPROVAL_STYLE, type ApprovalState, approvalPage, messagePage } from "#mail/approval-page.ts";
import { isLoopback } from "./addresses.ts";

export interface ApprovalPageDeps extends AnswerDeps {
  /** Where the pages are for those who open them, be it behind a proxy. */
  readonly approvalOrigin: string;
  /** Told that something was answered: the certificate can go on. */
  readonly onAnswer: () => void;
}

/**
 * The pages behind the links of approval letters. Whoever opens a link sees the request, be it a person or a program
 * that follows links in mail: GET and HEAD change nothing. Only the form that the page shows answers, by POST.
 */
export function approvalPages(deps: ApprovalPageDeps): Pages {
  const limit = rateLimit(RATE, deps.clock);
  return async (call) => {
    if (!isApprovals(call)) return undefined;
    if (call.path === STYLE_PATH && isReading(call)) return style();
    const wait = limit.take(subscriberOf(call.remoteAddress));
    if (wait !== undefined) {
      const seconds = String(Math.ceil(wait / SECOND));
      return message(429, "Too many requests", `Try again in ${seconds} seconds.`, { "retry-after": seconds });
    }
    const token = call.path.slice(APPROVALS_PATH.length + 1);
    if (isReading(call)) return shown(await readApproval(token, deps));
    if (call.method === "POST") return await answer(call, token, deps);
    return message(405, "This page cannot do that", "Open the link from the letter.", { allow: "GET, HEAD, POST" });
  };
}

/** For the clear side of the port: a link that was opened there from elsewhere may be read by others, so it is not shown. */
export const approvalsInClear: Pages = (call) =>
  Promise.resolve(
    isApprovals(call) && !isLoopback(call.remoteAddress)
      ? message(403, "This page is for HTTPS only", "Open the link with https:// instead of http://.")
      : undefined,
  );

async function answer(call: Call, token: string, deps: ApprovalPageDeps): Promise<Reply> {
  if (!isFromOwnPage(call, deps)) {
    return message(403, "This did not come from the page", "Open the link from the letter and answer there.");
  }
  const decision = readDecision(call);
  if (!decision) {
    return message(400, "That is no answer", "Open the link from the letter, and choose Approve or Refuse.");
  }
  const state = await answerApproval(token, decision, deps);
  if (!state) return shown(undefined);
  deps.onAnswer();
  // Back to the page, which now shows what became of it: loading it again sends nothing again.
  return { status: 303, headers: { ...HEADERS, location: call.path } };
}

/** Nobody else knows the token, so nobody else can make a browser send it; this is the second lock on that door. */
function isFromOwnPage({ headers }: Call, { approvalOrigin }: ApprovalPageDeps): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const origin = headers["origin"];
  // Browsers that send no Sec-Fetch-Site hide the origin, because our pages tell no referrer.
  if (origin === undefined || origin === "null" || origin === approvalOrigin) return true;
  return URL.parse(origin)?.host === headers["host"];
}

function readDecision({ headers, body, refusal }: Call): Decision | undefined {
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers["content-type"] ?? "");
  if (!isForm || refusal || body.length > MOST_FORM) return undefined;
  const [decision, ...more] = new URLSearchParams(body.toString("latin1")).getAll("decision");
  return more.length === 0 && (decision === "approve" || decision === "refuse") ? decision : undefined;
}

function shown(state: ApprovalState | undefined): Reply {
  if (state) return page(state.standing === "expired" ? 410 : 200, approvalPage(state));
  return message(
    404,
    "There is nothing behind this link",
    "It may be incomplete: copy the whole link from the letter. Or the certificate that it was about is gone.",
  );
}

function message(status: number, title: string, text: string, more: Reply["headers"] = {}): Reply {
  return page(status, messagePage(title, text), more);
}

function page(status: number, body: string, more: Reply["headers"] = {}): Reply {
  return { status, headers: { ...HEADERS, "content-type": "text/html; charset=utf-8", ...more }, body };
}

function style(): Reply {
  const headers = { ...HEADERS, "content-type": "text/css; charset=utf-8", "cache-control": "public, max-age=3600" };
  return { status: 200, headers, body: APPROVAL_STYLE };
}

const isApprovals = ({ path }: Call): boolean => path.startsWith(`${APPROVALS_PATH}/`);
const isReading = ({ method }: Call): boolean => method === "GET" || method === "HEAD";

const STYLE_PATH = `${APPROVALS_PATH}/style.css`;
/** No script, nothing from elsewhere, in no frame; the token stays out of caches and referrers. */
const HEADERS: Reply["headers"] = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-robots-tag": "noindex",
};
const RATE = { most: 120, within: MINUTE };
const MOST_FORM = 1024;
