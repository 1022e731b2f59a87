// The tests of the packed tarball: `vitest run --config test/package/vitest.config.ts`.

import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  test: {
    include: ["test/package/**/*.test.ts"],
    globalSetup: ["test/package/pack-and-install.ts"],
    // Runtimes are installed once, by whichever test needs them first.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});

export default config;
