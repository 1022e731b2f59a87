import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

// The tests that a mutant of the rules must not survive: without the examples, the docs and the package.
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/{core,pool,testing}/**/*.test.ts"],
    // Thirteen seconds for what window.test.ts says in one.
    exclude: ["test/core/window.property.test.ts"],
    // Worker threads, in which mutants run, cannot change the time zone of the process; and what
    // goes on for long says nothing about the rules that a short test does not.
    testNamePattern:
      /^(?!.*(time zone of the machine|million|100,000|20,000|hundred thousand|100 KB))/,
    env: { TRACES: "500", SCHEDULES: "200" },
    testTimeout: 10_000,
  },
});

export default config;
