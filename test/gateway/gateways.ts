// What tests of the gateway share: a store, keys, and gateways before a provider.

import { once } from "node:events";
import { connect } from "node:net";
import { afterEach } from "vitest";

import { KeyStore, startGateway } from "../../src/gateway/index.ts";
import type {
  AccessEntry,
  BudgetGateway,
  GatewayOptions,
  NewKey,
} from "../../src/gateway/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import type { SimulatedProvider } from "../../src/testing/provider/index.ts";

/** The keys by which providers know the gateway. */
const PROVIDER_KEYS: Readonly<Record<string, readonly string[]>> = {
  openai: ["sk-provider-openai"],
  anthropic: ["sk-ant-provider"],
  google: ["AIza-provider"],
};

/** A gateway with what is behind it. */
export interface TestGateway {
  readonly store: BudgetStore;
  readonly keys: KeyStore;
  readonly gateway: BudgetGateway;
  readonly entries: AccessEntry[];
  /** Makes a key, and returns it. */
  readonly keyFor: (pool: string, about?: Omit<NewKey, "pool">) => Promise<string>;
  /** Asks the gateway. */
  readonly ask: (path: string, key?: string, init?: RequestInit) => Promise<Response>;
}

const running: BudgetGateway[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.close({ drainMs: 0 })));
});

/** Starts a gateway before a provider; every user has a dollar a day. */
export async function startTestGateway(
  provider: SimulatedProvider,
  options: GatewayOptions = {},
  store: BudgetStore = new BudgetStore(new MemoryStore()),
): Promise<TestGateway> {
  await store.template("users/*", { caps: { usd: 1 }, window: "day", overage: "allow" });
  const { url } = provider;
  const entries: AccessEntry[] = [];
  const gateway = await startGateway(store, {
    providerKeys: PROVIDER_KEYS,
    upstreams: { openai: url, anthropic: url, google: url },
    onRequest: (entry) => entries.push(entry),
    ...options,
  });
  running.push(gateway);
  const keys = new KeyStore(store);
  return {
    store,
    keys,
    gateway,
    entries,
    async keyFor(pool, about = {}) {
      return (await keys.create({ pool, ...about }, "test")).key;
    },
    ask(path, key, init = {}) {
      const headers = new Headers(init.headers);
      if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
      return fetch(`${gateway.url}${path}`, { ...init, headers });
    },
  };
}

/** A small call in OpenAI's format. */
export function chat(content = "Hello", more: object = {}): RequestInit {
  const body = { model: "gpt-4o-mini", messages: [{ role: "user", content }], ...more };
  return {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
}

/** The JSON of an answer. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a test looks at
export async function jsonOf<T>(answer: Response): Promise<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return (await answer.json()) as T;
}

/** Sends bytes as they are, and returns the answer as it comes. */
export async function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(text.replaceAll("\n", "\r\n"));
  let answer = "";
  socket.on("data", (piece) => (answer += piece.toString()));
  await once(socket, "close");
  return answer;
}
