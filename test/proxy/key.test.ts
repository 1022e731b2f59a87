// Who may spend through a proxy: whoever knows its key, in the path or in a header.

import { expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { startProxy } from "../../src/proxy/index.ts";
import { startProvider } from "../meter/provider.ts";

const provider = await startProvider();
const CHAT = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] };

function post(headers: Readonly<Record<string, string>>): RequestInit {
  return { method: "POST", headers, body: JSON.stringify(CHAT) };
}

it("the key may stand in a header in place of the path, and is not forwarded", async () => {
  const proxy = await startProxy(new BudgetPool({ caps: { usd: 5 } }), {
    upstreams: { openai: provider.url },
  });
  const url = `${proxy.keylessUrlOf("openai")}/v1/chat/completions`;
  expect(url).not.toContain(proxy.key);
  const known = await fetch(url, post({ "x-token-budget-key": proxy.key }));
  expect(known.status).toBe(200);
  await known.text();
  for (const headers of [{}, { "x-token-budget-key": "" }, { "x-token-budget-key": "-" }])
    expect((await fetch(url, post(headers))).status).toBe(404);
  expect(provider.requests.length).toBe(1);
  expect(JSON.stringify(provider.requests)).not.toContain(proxy.key);
  await proxy.close();
});
