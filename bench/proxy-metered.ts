// The metering proxy, in a process of its own.

import { BudgetPool } from "../dist/index.js";
import { startProxy } from "../dist/proxy/index.js";

const [port = "0"] = process.argv.slice(2);
const proxy = await startProxy(new BudgetPool({ caps: { usd: 1_000_000 } }), {
  upstreams: { openai: `http://127.0.0.1:${port}/v1` },
});
process.send?.(`${proxy.urlOf("openai")}/v1`);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on("disconnect", () => process.exit());
