import { type Answer, ask } from "./application-front.ts";

/** What a browser does for a login: it follows redirects, keeps cookies and fills in forms. Hosts are found by `ports`. */
export interface CookieBrowser {
  readonly cookies: Map<string, string>;
  /** The `Set-Cookie` fields of the answers so far. */
  readonly setCookies: string[];
  /** Goes there and follows redirects, at most to one whose URL begins with `until`. */
  go(url: string, until?: string): Promise<Arrived>;
  /** Sends the form of the page, and goes on in the same way. */
  submit(page: Arrived, values: Readonly<Record<string, string>>, until?: string): Promise<Arrived>;
}

export interface Arrived extends Answer {
  readonly url: string;
}

export function cookieBrowser(ports: Readonly<Record<string, number>>): CookieBrowser {
  const jar = new Map<string, string>();
  const setCookies: string[] = [];
  const send = async (url: URL, method: string, body?: string): Promise<Arrived> => {
    const port = ports[url.host] ?? Number(url.port);
    const own = [...jar].filter(([key]) => key.startsWith(`${url.host} `));
    const cookie = own.map(([key, value]) => `${key.slice(url.host.length + 1)}=${value}`).join("; ");
    const headers = {
      ...(cookie === "" ? {} : { cookie }),
      ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    };
    const answer = await ask(port, `${url.pathname}${url.search}`, {
      method,
      host: url.host,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    for (const line of answer.headers["set-cookie"] ?? []) {
      setCookies.push(line);
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const ended = /expires=([^;]+)/i.exec(line)?.[1];
      if (ended !== undefined && Date.parse(ended) <= 0) jar.delete(`${url.host} ${name}`);
      else jar.set(`${url.host} ${name}`, value);
    }
    return { ...answer, url: url.href };
  };
  const follow = async (first: Arrived, until: string | undefined): Promise<Arrived> => {
    let page = first;
    for (let hops = 0; page.status >= 300 && page.status < 400 && hops < 10; hops++) {
      const next = new URL(page.headers.location ?? "", page.url);
      if (until !== undefined && next.href.startsWith(until)) return page;
      page = await send(next, "GET");
    }
    return page;
  };
  return {
    cookies: jar,
    setCookies,
    go: async (url, until) => follow(await send(new URL(url), "GET"), until),
    async submit(page, values, until) {
      const action = /<form[^>]*action="([^"]+)"/.exec(page.body)?.[1] ?? page.url;
      const hidden = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
      const fields = { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), ...values };
      const body = new URLSearchParams(fields as Record<string, string>).toString();
      return follow(await send(new URL(action, page.url), "POST", body), until);
    },
  };
}
