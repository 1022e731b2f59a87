// The proxy that is watched, in a process of its own: it says what it holds and what it has booked.

import { readdirSync } from "node:fs";

import { BudgetPool } from "../../dist/index.js";
import { startProxy } from "../../dist/proxy/index.js";
import type { Figures } from "./figures.ts";

const NANO = 1e9;

const [port = "0"] = process.argv.slice(2);
const pool = new BudgetPool({ caps: { usd: 1_000_000 }, overage: "allow" });
const booked: Record<string, number> = {};
const outcomes: Record<string, number> = {};
let sum = 0;
const proxy = await startProxy(pool, {
  upstreams: { openai: `http://127.0.0.1:${port}/v1` },
  onExchange({ model = "", outcome, booked: amount }) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const nanoUsd = Math.round((amount?.usd ?? 0) * NANO);
    booked[model] = (booked[model] ?? 0) + nanoUsd;
    sum += nanoUsd;
  },
});
process.send?.(`${proxy.urlOf("openai")}/v1`);
process.on("message", () => {
  // Twice: what the first frees may hold what the second can free.
  globalThis.gc?.();
  globalThis.gc?.();
  const { openReservations, reserved, used } = pool.snapshot();
  const { rss, heapUsed, external } = process.memoryUsage();
  const figures: Figures = {
    rss,
    heap: heapUsed + external,
    descriptors: readdirSync("/proc/self/fd").length,
    open: openReservations,
    reserved: Math.round(reserved.usd * NANO),
    used: Math.round(used.usd * NANO),
    reported: sum,
    booked,
    outcomes,
  };
  process.send?.(figures);
});
process.on("disconnect", () => process.exit());
