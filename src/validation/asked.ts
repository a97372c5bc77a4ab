/** One question that was asked of the world, and what came of it; `sealkeeper explain` shows it as a line. */
export interface Asked {
  /** Of what: a name for DNS, a URL for HTTP, an address for e-mail. Names without the last dot. */
  readonly name: string;
  /** `CNAME`, `CAA`, `GET`, `MAIL` … */
  readonly type: string;
  /** `own zones`, or an address and port. */
  readonly server: string;
  readonly answer?: string;
  /** Why there is no answer: in plain words. */
  readonly failure?: string;
}

/** Everything that was asked, in order. What strangers answered is cut, so that it stays a page. */
export interface Protocol {
  readonly lines: readonly Asked[];
  add(...lines: readonly Asked[]): void;
}

/** Begins an empty protocol. */
export function openProtocol(): Protocol {
  const lines: Asked[] = [];
  return {
    lines,
    add(...more) {
      for (const line of more.slice(0, MOST_AT_ONCE)) {
        if (lines.length < MOST_LINES) lines.push(cut(line));
      }
    },
  };
}

function cut(line: Asked): Asked {
  const { name, type, server, answer, failure } = line;
  return {
    name: name.slice(0, MOST_TEXT),
    type,
    server: server.slice(0, MOST_TEXT),
    ...(answer === undefined ? {} : { answer: answer.slice(0, MOST_TEXT) }),
    ...(failure === undefined ? {} : { failure: failure.slice(0, MOST_TEXT) }),
  };
}

const MOST_LINES = 100;
const MOST_AT_ONCE = 20;
const MOST_TEXT = 300;
