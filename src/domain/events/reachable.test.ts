import { expect, test } from "vitest";
import { unreachable } from "./reachable.ts";

test.for([
  "127.0.0.1",
  "127.8.9.10",
  "0.0.0.0",
  "169.254.169.254",
  "169.254.170.2",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:169.254.169.254",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "fe80::1",
  "fe80::1%eth0",
  "fd00:ec2::254",
  "ff02::1",
  "no address",
])("%s is not called for others", (address) => {
  expect(unreachable(address)).toBeDefined();
});

test.for([
  "192.0.2.1",
  "10.0.0.1",
  "172.16.1.1",
  "192.168.1.1",
  "100.64.0.1",
  "8.8.8.8",
  "2001:db8::1",
  "fd12:3456::1",
])("%s may be called", (address) => {
  expect(unreachable(address)).toBeUndefined();
});
