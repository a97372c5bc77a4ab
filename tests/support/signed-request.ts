import { HttpRequest } from "@smithy/core/protocols";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import { TEST_KEY, type TestKey } from "./access-key.ts";

/** A request to be signed by an independent implementation of Signature Version 4, and then perhaps tampered with. */
export interface ToSign {
  readonly service?: string;
  readonly region?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly key?: TestKey;
  readonly at?: Date;
  /** Signs in the query instead of a header, for so many seconds. */
  readonly presigned?: number;
  readonly tamper?: (request: HttpRequest) => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The status and the error code, in whatever protocol: `400 ValidationException`. */
  readonly outcome: string;
}

/** Signs a request, sends it to 127.0.0.1 and reads the answer. */
export async function sendSigned(port: number, toSign: ToSign): Promise<Answer> {
  const request = await sign(port, toSign);
  const query = new URLSearchParams(request.query as Record<string, string>).toString().replaceAll("+", "%20");
  const { host: _, ...headers } = request.headers;
  const response = await fetch(`http://127.0.0.1:${port}${request.path}${query && `?${query}`}`, {
    method: request.method,
    headers,
    ...(request.body && { body: request.body as string }),
  });
  const text = await response.text();
  const code = /"__type":"(\w+)"|<Code>(\w+)</.exec(text)?.slice(1).find(Boolean);
  return {
    status: response.status,
    headers: response.headers,
    text,
    outcome: `${response.status} ${code ?? ""}`.trim(),
  };
}

async function sign(port: number, toSign: ToSign): Promise<HttpRequest> {
  const { service = "acm", region = "us-east-1", method = "POST", path = "/", at, presigned } = toSign;
  const signer = new SignatureV4({
    service,
    region,
    credentials: toSign.key ?? TEST_KEY,
    sha256: Hash.bind(null, "sha256") as never,
    uriEscapePath: true,
  });
  const request = new HttpRequest({
    method,
    protocol: "http:",
    hostname: "127.0.0.1",
    port,
    path,
    query: { ...toSign.query },
    headers: { host: `127.0.0.1:${port}`, ...toSign.headers },
    body: toSign.body ?? "",
  });
  const when = at ? { signingDate: at } : {};
  const signed = presigned
    ? await signer.presign(request, { ...when, expiresIn: presigned })
    : await signer.sign(request, when);
  toSign.tamper?.(signed as HttpRequest);
  return signed as HttpRequest;
}
