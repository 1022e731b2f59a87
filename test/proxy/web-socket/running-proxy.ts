// A proxy in front of the simulated provider, for tests of web sockets.

import { afterEach } from "vitest";

import type { SimulatedProvider } from "../../../src/testing/provider/simulated-provider.ts";
import { BudgetPool } from "../../../src/index.ts";
import type { ExchangeReport } from "../../../src/meter/index.ts";
import { startProxy } from "../../../src/proxy/index.ts";
import type { BudgetProxy, ProxyOptions } from "../../../src/proxy/index.ts";
import { startProvider } from "../../meter/provider.ts";

/** An event on a web socket. */
export type Event = Readonly<Record<string, unknown>> & { readonly type: string };

/** The simulated provider of a test file. */
export const provider: SimulatedProvider = await startProvider();
interface Running {
  readonly pool: BudgetPool;
  readonly proxy: BudgetProxy;
  readonly reports: ExchangeReport[];
}

const open: BudgetProxy[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((proxy) => proxy.close()));
});

/** A proxy to it, closed after the test. */
export async function started(usd = 5, options: ProxyOptions = {}): Promise<Running> {
  const pool = new BudgetPool({ name: "run", caps: { usd } });
  const reports: ExchangeReport[] = [];
  const proxy = await startProxy(pool, {
    upstreams: { openai: provider.url },
    onExchange: (report) => reports.push(report),
    ...options,
  });
  open.push(proxy);
  return { pool, proxy, reports };
}
