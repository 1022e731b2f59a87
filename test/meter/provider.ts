import { afterAll, beforeEach } from "vitest";

import { SimulatedProvider } from "../../src/testing/provider/simulated-provider.ts";

/** A provider for the tests of a file, which begins every one of them without a bill. */
export async function startProvider(): Promise<SimulatedProvider> {
  const provider = await SimulatedProvider.start();
  beforeEach(async () => {
    await provider.idle();
    provider.behave(() => ({}));
    provider.clear();
  });
  afterAll(() => provider.close());
  return provider;
}
