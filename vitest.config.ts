import { defineConfig } from "vitest/config";

// Tests run on Node's own type stripping, so they execute what production executes.
const project = (name: string, include: string[], more: object = {}) => ({
  test: { name, include, experimental: { viteModuleRunner: false }, ...more },
});
const setupFiles = ["./tests/support/no-scans.ts"];
const slow = { testTimeout: 120_000, hookTimeout: 120_000, globalSetup: "./tests/support/postgres-server.ts" };

export default defineConfig({
  test: {
    experimental: { viteModuleRunner: false },
    projects: [
      // Nothing is mocked, so files share a process and its modules.
      project("unit", ["src/**/*.test.ts"], {
        exclude: ["src/**/*.live.test.ts"],
        isolate: false,
        testTimeout: 20_000,
      }),
      // Beside their files, too: servers, processes and clients of flesh and blood, and long fuzzing.
      project("live", ["src/**/*.live.test.ts"], { testTimeout: 60_000, globalSetup: "./tests/support/peers.ts" }),
      // What ACM promises, statement by statement, by the SDK's client over HTTP.
      project("conformance", ["tests/conformance/**/*.test.ts"], { testTimeout: 60_000, setupFiles }),
      project("db", ["tests/db/**/*.test.ts"], { ...slow, setupFiles }),
      project("compat", ["tests/compat/**/*.test.ts"], { ...slow, fileParallelism: false }),
      project("e2e", ["tests/e2e/**/*.test.ts"], { ...slow, fileParallelism: false }),
    ],
  },
});
