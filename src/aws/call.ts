import type { AwsError } from "./service.ts";

/** One HTTP request, its body complete. */
export interface Call {
  readonly method: string;
  /** As it came, percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; what came twice is joined with ", ". */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decompressed. */
  readonly body: Buffer;
  /** The body as it came and was signed. */
  readonly signedBody: Buffer;
  readonly remoteAddress: string;
  /** The DNS name in the client's certificate, where the connection asked for one and verified it. */
  readonly clientName?: string;
  /** It came over TLS. */
  readonly secure?: boolean;
  /** Why the HTTP layer could not take the body; the gateway says so in the words of the protocol. */
  readonly refusal?: AwsError;
}

/** What goes back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Values of Link headers, each a line of its own: some clients cannot read them in one. */
  readonly links?: readonly string[];
  readonly body?: string | Uint8Array;
}
