import { expect, it } from "vitest";
import type { EdgeTransform } from "#domain/edge-config.ts";
import { checkTransforms } from "./transforms.ts";

const url = (regex: string, replace: string): EdgeTransform => ({
  type: "url-rewrite",
  rewrites: [{ regex, replace }],
});
const host = (regex: string, replace: string): EdgeTransform => ({
  type: "host-header-rewrite",
  rewrites: [{ regex, replace }],
});

it("takes one transform of each type, with groups that the expression has", () => {
  expect(() =>
    checkTransforms([url("^/api/(.*)$", "/$1"), host("^(.*)\\.example\\.com$", "$1.internal")]),
  ).not.toThrow();
  expect(() => checkTransforms([])).not.toThrow();
});

it.for<[string, readonly EdgeTransform[], string]>([
  ["two of one type", [url("a", "b"), url("c", "d")], "one transform of each type"],
  ["one without a rewrite", [{ type: "url-rewrite", rewrites: [] }], "1 to 10 rewrites"],
  ["a group that is not there", [url("^/a$", "/$1")], "names $1, but its regular expression has 0 groups"],
  ["a replacement with a line break", [host("a", "b\r\nx: y")], "visible ASCII"],
  ["an expression with a backreference", [url("(a)\\1", "b")], "is not valid"],
  ["an expression with a possessive quantifier", [url("a++", "b")], "is not valid"],
  ["an unfinished expression", [url("(a", "b")], "is not valid"],
  ["an expression that is too large", [url("(a{1000}){1000}", "b")], "is not valid"],
  ["an empty expression", [url("", "b")], "cannot be empty"],
])("refuses %s with ValidationError", ([, transforms, message]) => {
  expect(() => checkTransforms(transforms)).toThrow(expect.objectContaining({ code: "balancer-input-invalid" }));
  expect(() => checkTransforms(transforms)).toThrow(message);
});
