// A process that holds a reservation, and commits it when it is told to.

import process from "node:process";

import { openStore } from "./open-store.ts";

const [address = "", leaseMs = ""] = process.argv.slice(2);
const store = openStore(address);
const pool = await store.pool("acme", { leaseMs: Number(leaseMs) });
const hold = await pool.reserve({ tokens: 10 });
process.once("message", () => {
  hold.commit({ tokens: 7 }).then(
    ({ booked }) => process.send?.(`booked ${booked.tokens}`),
    (error: unknown) => process.send?.(String(error)),
  );
});
process.send?.("held");
