import { expect, test } from "vitest";
import { parseResolver, resolversOf, shownResolver } from "./resolver-address.ts";

test.for([
  ["192.0.2.1", "192.0.2.1:53"],
  ["192.0.2.1:5353", "192.0.2.1:5353"],
  ["2001:db8::1", "[2001:db8::1]:53"],
  ["[2001:db8::1]:5353", "[2001:db8::1]:5353"],
  ["dns.example", undefined],
  ["192.0.2.1:0", undefined],
  ["192.0.2.1:70000", undefined],
  ["192.0.2.256", undefined],
  ["", undefined],
])("the resolver %s is %s", ([text, shown]) => {
  const parsed = parseResolver(text!);
  expect(parsed && shownResolver(parsed)).toBe(shown);
});

test("the resolvers of a resolv.conf are those of its nameserver lines", () => {
  const text =
    "# nameserver 192.0.2.9\nsearch example.com\nnameserver 192.0.2.1\n nameserver\t2001:db8::1\nnameserver x\n";
  expect(resolversOf(text).map(shownResolver)).toEqual(["192.0.2.1:53", "[2001:db8::1]:53"]);
});
