import { createTransport } from "nodemailer";
import { MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import { domainOf, type Mailbox } from "./mailbox.ts";
import { type SmtpUrl, shownSmtpUrl } from "./smtp-url.ts";

/** The mail server that takes our letters, and how it is spoken to. */
export interface PostmanSettings {
  readonly server: SmtpUrl;
  readonly from: Mailbox;
  readonly password?: string | undefined;
  /** Whom to trust instead of the public roots, PEM. */
  readonly ca?: string | undefined;
  /** Whether a connection must become TLS by STARTTLS, must where the server offers it, or never does. */
  readonly startTls: "required" | "offered" | "never";
  /** How long one letter may take; two minutes when it is not said. */
  readonly patience?: Millis | undefined;
}

/** A letter, ready to leave. */
export interface Outgoing {
  /** Names it for ever: a letter that is sent twice arrives with one Message-ID. */
  readonly id: string;
  readonly to: string;
  readonly date: Date;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What a mail server made of a letter. */
export interface Delivery {
  /** Refused: for good, this letter to this address. Deferred: whatever may be otherwise next time. */
  readonly kind: "delivered" | "refused" | "deferred";
  /** In the words of the server, or why there are none; one line of printable ASCII. */
  readonly answer: string;
}

/** Hands letters to a mail server. */
export interface Postman {
  /** `mail.example.com:587`, for people. */
  readonly server: string;
  /** Hands one letter over; never rejects. Undefined when as many as may be are on their way: ask again. */
  send(letter: Outgoing): Promise<Delivery> | undefined;
  /** Takes nothing more, waits a little for the letters on their way, and cuts the rest short. */
  close(): Promise<void>;
}

/** A postman who makes a connection of its own for each letter, a few at a time. */
export function openPostman({ server, from, password, ca, startTls, patience = PATIENCE }: PostmanSettings): Postman {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.implicitTls,
    requireTLS: !server.implicitTls && startTls === "required",
    ignoreTLS: startTls === "never",
    ...(server.user === undefined ? {} : { auth: { user: server.user, pass: password ?? "" } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    connectionTimeout: Math.min(patience, 10 * SECOND),
    greetingTimeout: Math.min(patience, 30 * SECOND),
    socketTimeout: patience,
    dnsTimeout: Math.min(patience, 10 * SECOND),
    socketCloseTimeout: SECOND,
    maxResponseSize: 16_384,
    // What a letter says is ours; it may never become the content of a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const underway = new Set<Promise<unknown>>();
  const stop = new AbortController();
  let closing = false;

  const deliver = async (letter: Outgoing): Promise<Delivery> => {
    try {
      const { response } = await transport.sendMail({
        from: { name: from.name, address: from.address },
        to: { name: "", address: letter.to },
        envelope: { from: from.address, to: letter.to },
        messageId: `<${letter.id}@${domainOf(from)}>`,
        date: letter.date,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        // RFC 3834 §5; the second is what Exchange heeds. Nobody's absence is to be answered.
        headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
        xMailer: false,
        signal: AbortSignal.any([AbortSignal.timeout(patience), stop.signal]),
      });
      return { kind: "delivered", answer: shown(response) };
    } catch (error) {
      return stop.signal.aborted ? CUT_SHORT : judge(error);
    }
  };

  return {
    server: shownSmtpUrl(server),
    send(letter) {
      if (closing || underway.size >= MOST_AT_ONCE) return undefined;
      const delivery = deliver(letter).finally(() => underway.delete(delivery));
      underway.add(delivery);
      return delivery;
    },
    async close() {
      closing = true;
      const alarm = setTimeout(() => stop.abort(), GRACE);
      await Promise.all(underway);
      clearTimeout(alarm);
    },
  };
}

/** Only what is said of this letter is final (RFC 5321 §4.2.1); a login or a greeting that is refused is set right some day. */
function judge(error: unknown): Delivery {
  if (!(error instanceof Error)) return { kind: "deferred", answer: shown(String(error)) };
  const { code, permanent, response } = error as SmtpError;
  const aboutLetter = code === "EENVELOPE" || code === "EMESSAGE";
  const answer = shown(code === "EABORT" ? "did not answer in time" : (response ?? error.message));
  return { kind: permanent === true && aboutLetter ? "refused" : "deferred", answer };
}

/** What nodemailer adds to its errors. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The answer was a 5xx. */
  readonly permanent?: boolean;
  readonly response?: string;
}

function shown(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, MOST_ANSWER);
}

const CUT_SHORT: Delivery = { kind: "deferred", answer: "cut short: this node was stopped" };
const PATIENCE: Millis = 2 * MINUTE;
/** What a mail server took without our hearing of it arrives twice: that is what the time is for. */
const GRACE: Millis = 5 * SECOND;
/** So that slow mail servers leave the workers of this node to others. */
const MOST_AT_ONCE = 6;
const MOST_ANSWER = 300;
