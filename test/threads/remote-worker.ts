// A thread that does what it is told; see support/remote-thread.ts.

import { parentPort, workerData } from "node:worker_threads";

import { BudgetError, BudgetExceeded } from "../../src/index.ts";
import type { Reservation } from "../../src/index.ts";
import { SharedBudgetPool } from "../../src/threads/index.ts";
import { heapInUse } from "../support/heap.ts";
import type {
  RemoteAnswer,
  RemoteCall,
  RemoteCommands,
  RemoteError,
} from "./support/remote-commands.ts";
import { ShownClock } from "./support/shown-clock.ts";

/** Raised with each call that has ended, for those who cannot wait for a message. */
const ended = new Int32Array(workerData as SharedArrayBuffer);
const holds = new Map<string, Reservation>();
const waits = new Map<string, AbortController>();
let attached: SharedBudgetPool | undefined;
let hammering: { asked: number; admitted: number } | undefined;

function pool(): SharedBudgetPool {
  if (attached === undefined) throw new Error("attach first");
  return attached;
}

function held(name: string): Reservation {
  const reservation = holds.get(name);
  if (reservation === undefined) throw new Error(`nothing is held as ${name}`);
  return reservation;
}

const commands: RemoteCommands = {
  attach(handle, clock) {
    attached = SharedBudgetPool.attach(handle, {
      ...(clock !== undefined && { clock: new ShownClock(clock) }),
    });
  },
  reserve(name, amount) {
    holds.set(name, pool().reserve(amount));
  },
  commit: (name, actual) => held(name).commit(actual),
  release: (name) => held(name).release(),
  async wait(name, amount, timeoutMs) {
    const controller = new AbortController();
    waits.set(name, controller);
    const { signal } = controller;
    holds.set(name, await pool().reserveWhenFree(amount, { signal, timeoutMs }));
  },
  abort(name) {
    waits.get(name)?.abort(new Error(`${name} is not needed any more`));
  },
  snapshot: () => pool().snapshot(),
  block(word, how) {
    if (how === "asleep") Atomics.wait(word, 0, 0);
    else while (Atomics.load(word, 0) === 0);
  },
  hammer(amount) {
    const counts = { asked: 0, admitted: 0 };
    hammering = counts;
    const ask = (): void => {
      for (let burst = 0; burst < 100; burst++) {
        const reservation = pool().tryReserve(amount);
        counts.asked++;
        if (reservation === undefined) continue;
        counts.admitted++;
        reservation.release();
      }
      if (hammering === counts) setImmediate(ask);
    };
    ask();
  },
  stopHammering() {
    const counts = hammering ?? { asked: 0, admitted: 0 };
    hammering = undefined;
    return counts;
  },
  async drop() {
    attached = undefined;
    holds.clear();
    waits.clear();
    // What nobody refers to any more is collected, and finalized in a task of its own.
    for (let turn = 0; turn < 5; turn++) {
      heapInUse();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  close: () => pool().close(),
  exit: () => process.exit(0),
  async fail() {
    setImmediate(() => {
      throw new Error("on purpose");
    });
    await new Promise(() => {});
  },
  hear() {},
};

function errorOf(error: unknown): RemoteError {
  const text = String(error);
  if (BudgetExceeded.is(error)) return Object.assign({ text }, error);
  return BudgetError.is(error) ? { text, code: error.code } : { text };
}

async function answer({ id, command, parameters }: RemoteCall): Promise<void> {
  let said: RemoteAnswer;
  try {
    const called = commands[command] as (...given: readonly unknown[]) => unknown;
    said = { id, value: await called(...parameters) };
  } catch (error) {
    said = { id, error: errorOf(error) };
  }
  parentPort?.postMessage(said, []);
  Atomics.add(ended, 0, 1);
  Atomics.notify(ended, 0);
}

parentPort?.on("message", (call: RemoteCall) => void answer(call));
