/** A letter as a mail reader shows it. */
export interface ReceivedLetter {
  readonly to: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly html: string;
  /** Where the letter's one link leads, token and all. */
  readonly link: string;
  /** As it came. */
  readonly raw: string;
}

/** Reads a multipart/alternative message (RFC 2046) of text and HTML. */
export function readLetter(raw: string, to: string): ReceivedLetter {
  const { headers, body } = parse(raw);
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get("content-type") ?? "")?.[1] ?? "";
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => parse(part.replaceAll(/^\r?\n|\r?\n$/g, "")));
  const content = (type: string): string => {
    const part = parts.find((one) => one.headers.get("content-type")?.startsWith(type));
    return part ? decode(part.body, part.headers.get("content-transfer-encoding") ?? "7bit") : "";
  };
  const text = content("text/plain");
  const link = /https?:\/\/\S+\/approvals\/\S+/.exec(text)?.[0] ?? "";
  return { to, headers, text, html: content("text/html"), link, raw };
}

function parse(raw: string): { headers: ReadonlyMap<string, string>; body: string } {
  const end = /\r?\n\r?\n/.exec(raw);
  const head = raw.slice(0, end?.index ?? raw.length).replaceAll(/\r?\n[ \t]+/g, " ");
  const headers = head.split(/\r?\n/).map((line): [string, string] => {
    const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    return [name.toLowerCase(), value];
  });
  return { headers: new Map(headers), body: raw.slice((end?.index ?? raw.length) + (end?.[0].length ?? 0)) };
}

function decode(body: string, encoding: string): string {
  if (encoding === "base64") return Buffer.from(body, "base64").toString();
  if (encoding !== "quoted-printable") return Buffer.from(body, "latin1").toString();
  const octets = body
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, "latin1").toString().replaceAll("\r\n", "\n");
}
