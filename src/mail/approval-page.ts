import type { ApprovalStanding } from "#domain/certificate/approval.ts";
import {
  type ApprovalRequest,
  meaning,
  namesInShort,
  requestFacts,
  shownTime,
  unexpected,
} from "./approval-request.ts";
import { type Html, html } from "./html.ts";

/** How the question behind a link stands. */
export interface ApprovalState {
  readonly standing: ApprovalStanding;
  readonly request: ApprovalRequest;
  /** When it was answered, and whose letter the answer came from; undefined while it was not. */
  readonly decided: { readonly at: Date; readonly by: string } | undefined;
}

/** The page behind the link of an approval letter: the question with two buttons while it is open, else what became of it. */
export function approvalPage(state: ApprovalState): string {
  const { standing, request } = state;
  const { title, text } = HEADS[standing](state);
  const body = html`<p class="lead">${text}</p>
${facts(request)}${standing === "open" ? form(request) : undefined}`;
  return document(title, standing, body);
}

/** A page that only says something. */
export function messagePage(title: string, text: string): string {
  return document(title, "message", html`<p class="lead">${text}</p>`);
}

interface Head {
  readonly title: string;
  readonly text: string;
}

const HEADS: Readonly<Record<ApprovalStanding, (state: ApprovalState) => Head>> = {
  open: ({ request }) => ({
    title:
      request.purpose === "RENEWAL"
        ? `Renew the certificate for ${namesInShort(request.names)}?`
        : `Issue a certificate for ${namesInShort(request.names)}?`,
    text:
      request.purpose === "RENEWAL"
        ? "This TLS certificate is renewed only if you approve. Nothing is decided yet."
        : "This TLS certificate is issued only if you approve. Nothing is decided yet.",
  }),
  approved: ({ decided }) => ({
    title: "This request was approved",
    text: `${answered("It was approved", decided)} Nothing is left to do: other letters about it need no answer.`,
  }),
  refused: ({ decided, request }) => ({
    title: "This request was refused",
    text: `${answered("It was refused", decided)} ${
      request.purpose === "RENEWAL"
        ? "The certificate is not renewed with it; nobody is asked again by itself."
        : "No certificate is issued. Whoever still wants one must request it anew."
    }`,
  }),
  superseded: () => ({
    title: "This question was asked anew",
    text: "A later letter about the same certificate took the place of this one, at these or at other addresses. Use the link in the latest letter.",
  }),
  expired: ({ request }) => ({
    title: "This link has expired",
    text: `It could be answered until ${shownTime(request.expiresAt)}; nothing was decided with it. ${
      request.purpose === "RENEWAL"
        ? "Another letter comes while the certificate waits for its renewal."
        : "Whoever still wants the certificate must request it anew; then you get another letter."
    }`,
  }),
  over: () => ({
    title: "This request is over",
    text: "No answer is needed any more: the request ended, or its domain was proved in another way.",
  }),
};

function answered(what: string, decided: ApprovalState["decided"]): string {
  return decided ? `${what} on ${shownTime(decided.at)}, by the link that was sent to ${decided.by}.` : `${what}.`;
}

function facts(request: ApprovalRequest): Html {
  const rows = requestFacts(request).map(
    ([label, values]) => html`<dt>${label}</dt>
<dd>${values.map((value) => html`<div>${value}</div>`)}</dd>
`,
  );
  return html`<dl>
${rows}</dl>
`;
}

/** No address to send to: the answer goes where the page came from, token and all. */
function form(request: ApprovalRequest): Html {
  return html`<p>${meaning(request)}</p>
<p>${unexpected(request)}</p>
<form method="post">
<button class="approve" name="decision" value="approve">Approve</button>
<button class="refuse" name="decision" value="refuse">Refuse</button>
</form>
`;
}

function document(title: string, kind: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<main data-standing="${kind}">
<h1>${title}</h1>
${body}
</main>
<footer>Sealkeeper</footer>
</body>
</html>
`.html;
}

/** The one style sheet of these pages. */
export const APPROVAL_STYLE = `:root {
  color-scheme: light dark;
  --ink: #16191f; --quiet: #545b64; --paper: #ffffff; --ground: #f2f3f3; --line: #d5dbdb;
  --yes: #0b5394; --yes-ink: #ffffff; --no: #ffffff; --no-ink: #9c1a1a; --focus: #0972d3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e9ebed; --quiet: #b4bbc4; --paper: #1d2733; --ground: #0f1b2a; --line: #414d5c;
    --yes: #7db8f0; --yes-ink: #0f1b2a; --no: #1d2733; --no-ink: #ff9d9d; --focus: #89bdee;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
main { max-width: 40rem; margin: 1rem auto; padding: 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: 0.75rem; }
h1 { margin: 0 0 0.75rem; font-size: 1.375rem; line-height: 1.3; overflow-wrap: anywhere; }
.lead { margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: 0.5rem 1rem; margin: 1rem 0; padding: 1rem 0; border: solid var(--line); border-width: 1px 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.5rem; }
button { flex: 1 1 10rem; min-height: 3rem; padding: 0.5rem 1.5rem; font: inherit; font-weight: 600; border-radius: 0.5rem; border: 2px solid; cursor: pointer; }
button:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.approve { background: var(--yes); border-color: var(--yes); color: var(--yes-ink); }
.refuse { background: var(--no); border-color: var(--no-ink); color: var(--no-ink); }
footer { max-width: 40rem; margin: 0 auto; text-align: center; color: var(--quiet); font-size: 0.875rem; }
@media (max-width: 32rem) {
  body { padding: 0; }
  main { margin: 0; border-width: 0 0 1px; border-radius: 0; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.75rem; }
}
`;
