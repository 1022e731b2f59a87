// Which tests run together: `npm test` is what a contributor runs, without servers and in minutes;
// the rest has commands of its own. A file that no list names is part of `npm test`.

import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

/** Tests with servers: `npm run test:stores`. */
const STORES = [
  "test/redis/**/*.test.ts",
  "test/postgres/**/*.test.ts",
  "test/durable-objects/**/*.test.ts",
  "test/bun/**/*.test.ts",
  "test/stores/full-disk.test.ts",
  "test/cli/network-stores.test.ts",
  "test/console/browser/*.test.ts",
  "test/gateway/processes.test.ts",
  "test/gateway/capped-stores.test.ts",
];
/** Programs, the command line above all, in processes of their own: `npm run test:shell`. */
const SHELL = ["test/cli/**/*.test.ts", "test/docs/**/*.test.ts", "test/examples/examples.test.ts"];
/** Processes and threads that are killed, and long random schedules: `npm run test:races`. */
const RACES = [
  "test/sqlite/crash.test.ts",
  "test/sqlite/frozen.test.ts",
  "test/threads/{interleavings.property,lease,termination,torture,traces.property}.test.ts",
  "test/testing/traces.property.test.ts",
  "test/stores/{faults,traces}.property.test.ts",
  "test/cli/kill.test.ts",
  "test/meter/killed.test.ts",
];
const ELSEWHERE = ["test/package/**", "test/agents/**"];

const config: ViteUserConfig = defineConfig({
  test: {
    globalSetup: ["test/support/temporary-root.ts"],
    // A test that hangs, and nothing else: a loaded machine takes ten times as long as a quiet one.
    testTimeout: 300_000,
    coverage: { include: ["src/**"], reporter: ["text-summary", "html"] },
    projects: [
      {
        extends: true,
        test: {
          name: "main",
          include: ["test/**/*.test.ts"],
          exclude: [...ELSEWHERE, ...STORES, ...RACES, ...SHELL],
          typecheck: {
            enabled: true,
            include: ["test/**/*.test-d.ts"],
            tsconfig: "tsconfig.json",
          },
        },
      },
      {
        extends: true,
        test: { name: "shell", include: SHELL, exclude: [...STORES, ...RACES] },
      },
      // Each test of a server may need what several servers need: memory and processors.
      { extends: true, test: { name: "stores", include: STORES, testTimeout: 600_000 } },
      { extends: true, test: { name: "races", include: RACES, testTimeout: 600_000 } },
    ],
  },
});

export default config;
