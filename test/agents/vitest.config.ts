// The tests with real coding agents, which are installed for them: `npm run test:agents`.

import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  test: { include: ["test/agents/*.test.ts"], fileParallelism: false, testTimeout: 180_000 },
});

export default config;
