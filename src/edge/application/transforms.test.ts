import { expect, test } from "vitest";
import type { EdgeTransform } from "#domain/edge-config.ts";
import { compileTransforms } from "./transforms.ts";

const host = (regex: string, replace: string): EdgeTransform => ({
  type: "host-header-rewrite",
  rewrites: [{ regex, replace }],
});
const url = (regex: string, replace: string): EdgeTransform => ({
  type: "url-rewrite",
  rewrites: [{ regex, replace }],
});
const ask = (transforms: readonly EdgeTransform[], of = "a.test", target = "/"): unknown =>
  compileTransforms(transforms)?.(of, target);

test("a host is rewritten with what its groups caught", () => {
  const rewrite = host("^mywebsite-(.+).com$", "internal.dev.$1.myweb.com");
  expect(ask([rewrite], "mywebsite-example.com:8443")).toEqual({
    host: "internal.dev.example.myweb.com",
    target: undefined,
    status: "TransformSuccess",
  });
});

test("a URL is rewritten with its query", () => {
  const rewrite = url("^/dp/([A-Za-z0-9]+)/?$", "/product.php?id=$1");
  expect(ask([rewrite], "a.test", "/dp/B09G3HRMW")).toMatchObject({ target: "/product.php?id=B09G3HRMW" });
  expect(ask([url("^/old/", "/new/")], "a.test", "/old/x?y=1")).toMatchObject({ target: "/new/x?y=1" });
  expect(ask([url("\\?.*$", "")], "a.test", "/x?y=1")).toMatchObject({ target: "/x" });
});

test("without a match the request goes on as it is", () => {
  expect(ask([host("^b", "c"), url("^/b", "/c")])).toBeUndefined();
  expect(compileTransforms([])).toBeUndefined();
});

test("a rewrite that fails says how", () => {
  expect(ask([host("a", "b c")])).toMatchObject({ status: "TransformInvalidHost", host: undefined });
  expect(ask([host(".+", "")])).toMatchObject({ status: "TransformInvalidHost" });
  expect(ask([url("/", "x")])).toMatchObject({ status: "TransformInvalidPath" });
  expect(ask([url("/", "/a b")])).toMatchObject({ status: "TransformInvalidPath" });
  expect(ask([url("/", "/a\r\nX: y")])).toMatchObject({ status: "TransformInvalidPath" });
  expect(ask([url("/(a)?", "/$2")])).toMatchObject({ status: "TransformReplaceError" });
  expect(ask([url("/", "/".repeat(20_000))])).toMatchObject({ status: "TransformBufferTooSmall" });
  expect(ask([url("(", "/")])).toMatchObject({ status: "TransformRegexSyntaxError" });
  expect(ask([url("(a{100}){100}", "/")])).toMatchObject({ status: "TransformCompileTooBig" });
});

test("a group that took no part is empty", () => {
  expect(ask([url("^/(a)?(.*)", "/$1-$2")], "a.test", "/bc")).toMatchObject({ target: "/-bc" });
});
