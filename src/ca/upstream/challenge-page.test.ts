import { expect, test } from "vitest";
import { openStore } from "#store/store.ts";
import { challengePage } from "./challenge-page.ts";

test("a path that is no challenge's is not the page's, and a token that nobody waits for is not found", async () => {
  const store = await openStore("file::memory:");
  try {
    const ask = async (method: string, path: string): Promise<number | undefined> =>
      (await challengePage({ method, path }, { store }))?.status;
    expect(await ask("GET", "/ca/root.pem")).toBeUndefined();
    expect(await ask("GET", "/.well-known/acme-challenge/abc")).toBe(404);
    expect(await ask("GET", "/.well-known/acme-challenge/")).toBe(404);
    expect(await ask("GET", "/.well-known/acme-challenge/..%2f..%2froot")).toBe(404);
    expect(await ask("GET", `/.well-known/acme-challenge/${"a".repeat(500)}`)).toBe(404);
    expect(await ask("POST", "/.well-known/acme-challenge/abc")).toBe(405);
  } finally {
    await store.destroy();
  }
});
