import { defineConfig } from "vitest/config";

// Tests run on Node's own type stripping, so they execute what production executes.
const project = (name: string, include: string[], more: object = {}) => ({
  test: { name, include, experimental: { viteModuleRunner: false }, ...more },
});
const slow = { testTimeout: 120_000, hookTimeout: 120_000, globalSetup: "./tests/support/postgres-server.ts" };

export default defineConfig({
  test: {
    experimental: { viteModuleRunner: false },
    projects: [
      project("unit", ["src/**/*.test.ts"], { testTimeout: 20_000 }),
      project("db", ["tests/db/**/*.test.ts"], slow),
      project("e2e", ["tests/e2e/**/*.test.ts"], { ...slow, fileParallelism: false }),
      project("compat", ["tests/compat/**/*.test.ts"], { ...slow, fileParallelism: false }),
    ],
  },
});
