import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { SideBySide, SideProcess } from "../support/side-by-side.ts";
import { Plans, randomOf } from "../support/side-by-side-plans.ts";

const PLAYS = Math.ceil(Number(process.env["STORE_TRACES"] ?? 300) / 30);
const ROUNDS = 25;
const FIRST_SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000_000);
const binaries = postgresBinaries();

/** Plays with a seed, which an error names; returns how many batches were written as differences. */
async function play(clients: readonly pg.Pool[], schema: string, seed: number): Promise<number> {
  try {
    return await playRounds(clients, schema, seed);
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error });
  }
}

async function playRounds(
  clients: readonly pg.Pool[],
  schema: string,
  seed: number,
): Promise<number> {
  const random = randomOf(seed);
  const plans = new Plans(random);
  const loss = random() < 0.3 ? 0.05 : 0;
  const isManual = random() < 0.8;
  const faults = { loses: () => random() < loss, isManual };
  const processes = clients.map((client) => new SideProcess(client, schema, faults));
  const [client] = clients;
  if (client === undefined) return 0;
  const side = new SideBySide(client, schema, processes);
  await side.begin();
  await side.play([[plans.openings()]]);
  for (let round = 0; round < ROUNDS; round++) {
    const passedMs = random() < 0.7 ? 0 : Math.floor(random() * 60);
    // Their clocks differ by some milliseconds.
    for (const { clock } of processes) clock?.advance(passedMs + Math.floor(random() * 3));
    const nowMs = processes[0]?.clock?.now() ?? Date.now();
    const batchesOf = () =>
      Array.from({ length: 1 + Math.floor(random() * 5) }, () => plans.batch(nowMs));
    // oxlint-disable-next-line no-await-in-loop -- round after round
    const all = await side.play(processes.map(batchesOf));
    for (const { commands, outcomes } of all)
      for (const [index, outcome] of (outcomes ?? []).entries())
        plans.answered(commands[index], outcome);
  }
  await side.expectSameLedger();
  return processes.reduce((sum, { differences }) => sum + differences, 0);
}

describe.skipIf(binaries === undefined)("processes side by side in Postgres", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start(binaries ?? "", ["fsync=off"]);
  }, 120_000);
  afterAll(() => server.stop());

  for (const isolation of ["read committed", "repeatable read", "serializable"]) {
    it(
      `R1–R15 ${PLAYS} random plays of three processes at once, ${isolation}, give the outcomes and books of the memory, from seed ${FIRST_SEED} on`,
      { timeout: 3_600_000 },
      async () => {
        const options = `-c default_transaction_isolation=${isolation.replace(" ", "\\ ")}`;
        const clients = [1, 2, 3].map(() => new pg.Pool({ ...server.options, options, max: 2 }));
        for (const client of clients) client.on("error", () => undefined);
        const [set] = (await clients[0]?.query("SHOW default_transaction_isolation"))?.rows ?? [];
        expect(set).toEqual({ default_transaction_isolation: isolation });
        let differences = 0;
        try {
          for (let seed = FIRST_SEED; seed < FIRST_SEED + PLAYS; seed++)
            // oxlint-disable-next-line no-await-in-loop -- play after play
            differences += await play(clients, isolation.replace(" ", "_"), seed);
        } finally {
          await Promise.all(clients.map((client) => client.end()));
        }
        expect(differences).toBeGreaterThan(PLAYS);
      },
    );
  }
});
