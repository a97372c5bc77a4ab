import { expect, test } from "vitest";
import { welcome } from "./welcome.ts";

test("who starts the product is told where it is and how the first call is made", () => {
  const text = welcome({
    api: { host: "0.0.0.0", port: 4566 },
    dns: { host: "127.0.0.1", port: 10053 },
    dataDir: "/srv/my keys",
    dev: true,
  });
  expect(text).toContain("http://127.0.0.1:4566");
  expect(text).toContain("dig @127.0.0.1 -p 10053 NAME");
  expect(text).toContain("export AWS_SHARED_CREDENTIALS_FILE='/srv/my keys/credentials' AWS_DEFAULT_REGION=eu-west-1");
  expect(text).toContain("or test/test");
});
