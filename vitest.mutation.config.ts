import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

// The tests that a mutant of the rules must not survive: without the examples, the docs and the package.
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/{core,pool,testing}/**/*.test.ts"],
    execArgv: ["--expose-gc"],
    env: { TRACES: "1000" },
    testTimeout: 60_000,
  },
});

export default config;
