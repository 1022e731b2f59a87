import { sqliteStore } from "./src/sqlite/index.ts";
const store = sqliteStore("/tmp/lt-ref.db");
const pool = await store.pool("acme", { caps: { usd: 1 } });
const child = await pool.child("run");
await child.tryReserve({ usd: 2, tokens: 5 }, { model: "gpt-5.5", label: "team-a" });
await child.tryRecord({ usd: 3 });
await store.close();
