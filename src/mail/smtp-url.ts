/** Where a mail server listens, and as whom letters are handed to it. */
export interface SmtpUrl {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps`), instead of by STARTTLS. */
  readonly implicitTls: boolean;
  readonly user: string | undefined;
}

/**
 * Reads `smtp://[USER@]HOST[:PORT]` or `smtps://…`; the ports are 587 (RFC 6409) and 465 (RFC 8314) unless given.
 * Undefined for anything else, a password in it included: URLs stand in command lines, which everybody can read.
 */
export function parseSmtpUrl(text: string): SmtpUrl | undefined {
  const [, scheme, login, host, , bracketed, digits] = FORM.exec(text) ?? [];
  const implicitTls = scheme?.toLowerCase() === "smtps";
  const port = digits === undefined ? (implicitTls ? 465 : 587) : Number(digits);
  const user = login === undefined ? undefined : decoded(login);
  const name = bracketed ?? host;
  if (name === undefined || port < 1 || port > 65_535 || user === "" || (login !== undefined && user === undefined)) {
    return undefined;
  }
  return { host: name.toLowerCase(), port, implicitTls, user };
}

/** `mail.example.com:587`, for people. */
export function shownSmtpUrl({ host, port }: SmtpUrl): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Users are often addresses: `smtp://me%40example.com@…`. */
function decoded(text: string): string | undefined {
  try {
    const user = decodeURIComponent(text);
    return CONTROL.test(user) ? undefined : user;
  } catch {
    return undefined;
  }
}

const FORM =
  /^(smtps?):\/\/(?:([^\s:@/?#]{1,256})@)?(?:([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)|\[([0-9a-f:.]{2,45})\])(?::(\d{1,5}))?\/?$/i;
// oxlint-disable-next-line no-control-regex -- what must not get into a protocol of lines
const CONTROL = /[\x00-\x1f\x7f]/;
