import { expect, test } from "vitest";
import { redirectTo } from "./redirect.ts";

const KEEP = { protocol: "#{protocol}", host: "#{host}", port: "#{port}", path: "/#{path}", query: "#{query}" };

test.for([
  [{}, "/a/b?c=d", "http://a.test:80/a/b?c=d"],
  [{ protocol: "HTTPS", port: "443" }, "/", "https://a.test:443/"],
  [{ host: "www.#{host}", path: "/x#{path}" }, "/y", "http://www.a.test:80/xy"],
  [{ query: "from=#{host}&#{query}" }, "/?q", "http://a.test:80/?from=a.test&q"],
  [{ query: "" }, "/?secret", "http://a.test:80/"],
  [{}, "/?a=#{host}", "http://a.test:80/?a=#{host}"],
  [{ path: "/#{unknown}" }, "/", "http://a.test:80/#{unknown}"],
] as const)("%j of %s is %s", ([change, target, location]) => {
  const action = { type: "redirect", statusCode: 302, ...KEEP, ...change } as const;
  expect(redirectTo(action)({ protocol: "http", host: "a.test", port: 80, target })).toBe(location);
});
