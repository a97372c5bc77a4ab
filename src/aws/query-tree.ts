import { AwsError } from "./service.ts";

/** Parameters of the query protocol as if they had been XML. */
export type QueryTree = string | readonly QueryTree[] | { readonly [name: string]: QueryTree };

/**
 * The parameters of a body. What is beyond the most that `queryTree` takes is cut off, one too many left: parsing them
 * all would cost seconds.
 */
export function readForm(body: string): URLSearchParams {
  let end = -1;
  for (let count = 0; count <= MOST_PARAMETERS; count++) {
    end = body.indexOf("&", end + 1);
    if (end < 0) return new URLSearchParams(body);
  }
  return new URLSearchParams(body.slice(0, end));
}

/** `A.member.1.B=x` as `{ A: { member: [{ B: "x" }] } }`. Throws MalformedInput for names that contradict each other. */
export function queryTree(form: URLSearchParams): QueryTree {
  if (form.size > MOST_PARAMETERS) throw new AwsError("MalformedInput", "The request has too many parameters.");
  const root = branch();
  for (const [name, value] of form) {
    const path = name.split(".", MOST_DEPTH + 1);
    if (path.length > MOST_DEPTH) throw contradiction(name);
    const last = path.pop() ?? "";
    let node = root;
    for (const step of path) {
      const next = (node[step] ??= branch());
      if (typeof next === "string") throw contradiction(name);
      node = next;
    }
    if (node[last] !== undefined) throw contradiction(name);
    node[last] = value;
  }
  return listed(root);
}

interface Branch {
  [name: string]: Branch | string;
}

// A null prototype: the names come from outside.
const branch = (): Branch => Object.create(null) as Branch;

/** Branches whose names are all numbers are lists, in the order of the numbers. */
function listed(node: Branch | string): QueryTree {
  if (typeof node === "string") return node;
  const entries = Object.entries(node).map(([name, child]) => [name, listed(child)] as const);
  if (entries.length === 0 || !entries.every(([name]) => INDEX.test(name))) {
    return Object.assign(branch(), Object.fromEntries(entries));
  }
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}

function contradiction(name: string): AwsError {
  return new AwsError(
    "MalformedInput",
    `The parameter ${name.slice(0, 200)} contradicts another or is nested too deeply.`,
  );
}

const INDEX = /^\d{1,9}$/;
const MOST_DEPTH = 40;
const MOST_PARAMETERS = 10_000;
