import {
  type ApprovalRequest,
  type Fact,
  meaning,
  namesInShort,
  requestFacts,
  shownTime,
  unexpected,
} from "./approval-request.ts";
import { type Html, html } from "./html.ts";
import type { Outgoing } from "./postman.ts";

/** The letter that asks the owner of a domain, as text and as HTML. `link` leads to the page that takes the answer. */
export function approvalLetter(request: ApprovalRequest, link: string): Pick<Outgoing, "subject" | "text" | "html"> {
  const { subject, lead } = OPENINGS[request.purpose](request);
  const letter = { lead, facts: requestFacts(request), link, closing: closing(request) };
  return { subject, text: asText(letter), html: asHtml(letter, subject).html };
}

interface Content {
  readonly lead: string;
  readonly facts: readonly Fact[];
  readonly link: string;
  readonly closing: readonly string[];
}

const OPENINGS = {
  ISSUE: ({ names }: ApprovalRequest) => ({
    subject: `Approve or refuse: TLS certificate for ${namesInShort(names)}`,
    lead: "A TLS certificate was requested for a domain whose mail you read. It is issued only if you approve.",
  }),
  RENEWAL: ({ names, endsAt }: ApprovalRequest) => ({
    subject: `Approve or refuse: renewal of the TLS certificate for ${namesInShort(names)}`,
    lead: `A TLS certificate for a domain whose mail you read is in use${endsAt ? ` and ends on ${shownTime(endsAt)}` : ""}. It is renewed only if you approve again.`,
  }),
} as const;

function closing(request: ApprovalRequest): readonly string[] {
  const [, domain = ""] = request.recipient.split("@");
  return [
    meaning(request),
    unexpected(request),
    "Opening the link decides nothing: the page behind it shows the request and asks you. The link is meant for you; whoever has it can answer in your place.",
    `This letter went to administrator@, hostmaster@, postmaster@, webmaster@ and admin@${domain}, because those who run a domain read these addresses. One answer is enough. It was written by a machine that reads no replies.`,
  ];
}

function asText({ lead, facts, link, closing: paragraphs }: Content): string {
  const table = facts.map(([label, values]) => `  ${label}:\n${values.map((value) => `    ${value}`).join("\n")}`);
  const answer = `Look at the request, then approve or refuse it here:\n${link}`;
  return `${[wrapped(lead), table.join("\n"), answer, ...paragraphs.map(wrapped)].join("\n\n")}\n`;
}

function asHtml({ lead, facts, link, closing: paragraphs }: Content, subject: string): Html {
  const rows = facts.map(
    ([label, values]) => html`<tr>
<th scope="row" align="left" valign="top" style="padding:4px 16px 4px 0;font-weight:normal;color:#545b64">${label}</th>
<td valign="top" style="padding:4px 0;word-break:break-word">${values.map((value) => html`<div>${value}</div>`)}</td>
</tr>
`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${subject}</title>
</head>
<body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#16191f;background:#ffffff">
<div style="max-width:600px;margin:0 auto">
<p style="font-size:18px">${lead}</p>
<table style="border-collapse:collapse;margin:16px 0">
${rows}</table>
<p style="margin:24px 0"><a href="${link}" style="display:inline-block;padding:12px 24px;border-radius:4px;background:#0b5394;color:#ffffff;text-decoration:none">Look at the request and answer</a></p>
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>\n`)}<p style="color:#545b64;font-size:14px;word-break:break-all">${link}</p>
</div>
</body>
</html>
`;
}

/** Broken into lines that every mail reader shows whole. */
function wrapped(paragraph: string): string {
  const lines: string[] = [];
  for (const word of paragraph.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join("\n");
}

const WIDTH = 72;
