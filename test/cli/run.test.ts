import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { isMissing } from "../support/programs.ts";
import { startProvider } from "../meter/provider.ts";
import { AGENT, start, stateFolder, tokenBudget, usedOf } from "./program.ts";

const provider = await startProvider();
const upstreams = ["--upstream", `openai=${provider.url}/v1`];

describe("token-budget run", () => {
  it("F61 F64 run stops a command at its budget, with one readable line", async () => {
    provider.behave(() => ({ outputTokens: 390 }));
    const { code, stdout, stderr } = await tokenBudget([
      "run",
      "--usd",
      "0.001",
      ...upstreams,
      "--",
      ...AGENT,
      "50",
    ]);
    const answers = stdout.trim().split("\n");
    expect(code).toBe(9);
    expect(answers.at(-1)).toMatch(
      /^402 token-budget: Budget exceeded: \$0\.000\d+ of \$0\.001 used in pool run, and this call could cost up to \$0\.000\d+ for at least [\d,]+ input and [\d,]+ output tokens; /,
    );
    expect(answers.at(-1)).toContain("; run it again with more: token-budget run --usd 0.01");
    // Not one request for what was refused, however often the SDK would try again.
    expect(provider.requests.length).toBe(answers.length - 1);
    expect(provider.total.nanoUsd).toBeLessThanOrEqual(1_000_000n);
    expect(stderr).toMatch(/token-budget: \$0\.000\d+ of \$0\.001 used \(pool "run"\); 1 refused/);
    expect(stderr).toContain("gpt-4o-mini: ");
    expect(stderr).not.toMatch(/ {4}at |planted/);
  });

  it("run hands on the exit code, output and input of its command", async () => {
    const plain = ["run", "--usd", "1", "--quiet", "--"];
    expect(await tokenBudget([...plain, "sh", "-c", "echo out; echo err >&2; exit 7"])).toEqual({
      code: 7,
      signal: null,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect((await tokenBudget([...plain, "sh", "-c", "kill -9 $$"])).code).toBe(128 + 9);
    const missing = await tokenBudget(["run", "--usd", "1", "--", "there-is-no-such-command"]);
    expect([missing.code, missing.stderr]).toEqual([
      127,
      'token-budget: command not found: "there-is-no-such-command"\n',
    ]);
    const device = await tokenBudget([...plain, "/dev/null"]);
    expect([device.code, device.stderr]).toEqual([
      126,
      'token-budget: cannot execute "/dev/null": spawn /dev/null EACCES\n',
    ]);
    // What a shell says of a command of its own is left to it.
    const inner = await tokenBudget([...plain, "sh", "-c", "exit 127"]);
    expect([inner.code, inner.stderr]).toEqual([127, ""]);
  });

  it("run points WebSockets at the proxy too: metered ones are booked, others refused", async () => {
    const script = `
      const base = process.env.OPENAI_WEBSOCKET_BASE_URL;
      const create = { type: "response.create", model: "gpt-5.5", input: "Hello" };
      const socket = new WebSocket(base + "/responses");
      socket.onopen = () => socket.send(JSON.stringify(create));
      socket.onmessage = ({ data }) => {
        if (JSON.parse(data).type !== "response.completed") return;
        const other = new WebSocket(base + "/live/sessions");
        other.onopen = () => process.exit(1);
        other.onerror = () => process.exit(5);
      };`;
    const args = ["run", "--usd", "4", ...upstreams, "--", process.execPath, "-e", script];
    const { code, stderr } = await tokenBudget(args);
    expect(code).toBe(5);
    expect(stderr).toContain("1 call");
    expect(provider.total.calls).toBe(1);
  });

  it.skipIf(isMissing("curl"))(
    "F65 run meters a pipeline in a shell, and children of children",
    async () => {
      const body = JSON.stringify({ model: "gpt-4o-mini", messages: [] });
      const script = `sh -c 'curl -s "$OPENAI_BASE_URL/chat/completions" -d ${JSON.stringify(body)}' | tr a-z A-Z`;
      const { stdout } = await tokenBudget([
        "run",
        "--usd",
        "1",
        ...upstreams,
        "--",
        "sh",
        "-c",
        script,
      ]);
      expect(stdout).toContain('"OBJECT":"CHAT.COMPLETION"');
      expect(provider.total.calls).toBe(1);
    },
  );

  it.skipIf(isMissing("python3"))(
    "run meters Python with nothing but its own library",
    async () => {
      const program = `
import json, os, urllib.request
body = json.dumps({"model": "claude-haiku-4-5", "max_tokens": 20, "messages": [{"role": "user", "content": "Hi"}]}).encode()
url = os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages"
print(json.load(urllib.request.urlopen(urllib.request.Request(url, body)))["model"])
`;
      const { stdout, stderr } = await tokenBudget([
        "run",
        "--usd",
        "1",
        "--upstream",
        `anthropic=${provider.url}`,
        "--json",
        "--",
        "python3",
        "-c",
        program,
      ]);
      expect(stdout).toBe("claude-haiku-4-5\n");
      const summary = JSON.parse(stderr);
      expect(BigInt(toNanoUsd(summary.used.usd))).toBe(provider.total.nanoUsd);
      expect(summary.run.models["claude-haiku-4-5"].calls).toBe(1);
    },
  );

  it("F10 concurrent calls wait for the holds of others, and none is refused", async () => {
    provider.behave(() => ({ outputTokens: 100, latencyMs: 20 }));
    // One call without a limit holds most of it, and uses a hundredth.
    const parallel = `for (let n = 0; n < 12; n++) ask(n); async function ask(n) {
      const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "" + n }] });
      const url = process.env.OPENAI_BASE_URL + "/chat/completions";
      console.log((await fetch(url, { method: "POST", body })).status);
    }`;
    const run = ["run", "--usd", "0.006", "--quiet", ...upstreams, "--"];
    const { stdout } = await tokenBudget([...run, process.execPath, "-e", parallel]);
    expect(stdout).toBe("200\n".repeat(12));
  });

  it("run --kill ends the command when the budget is gone", async () => {
    const { code, stderr } = await tokenBudget([
      "run",
      "--usd",
      "0.000001",
      "--kill",
      ...upstreams,
      "--",
      "sh",
      "-c",
      `${AGENT.join(" ")} 1; sleep 60`,
    ]);
    expect(code).toBe(123);
    expect(stderr).toContain("1 refused");
    expect(provider.requests.length).toBe(0);
  });

  it("run forwards signals to the command", async () => {
    const script = "trap 'echo told; exit 5' TERM; echo ready; while :; do sleep 0.05; done";
    const { child, ended } = start(["run", "--usd", "1", "--quiet", "--", "sh", "-c", script]);
    child.stdout?.once("data", () => child.kill("SIGTERM"));
    expect(await ended).toMatchObject({ code: 5, stdout: "ready\ntold\n" });
  });
});

describe("token-budget run --pool", () => {
  it("F62 eight runs at once share one pool, and the books equal the bill", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    provider.behave(() => ({ outputTokens: 300 }));
    const run = ["run", "--pool", "daily", "--usd", "0.004", "--per", "day", ...upstreams, "--"];
    const codes = await Promise.all(
      Array.from(
        { length: 8 },
        async () => (await tokenBudget([...run, ...AGENT, "12"], env)).code,
      ),
    );
    await provider.idle();
    const { nanoUsd, calls, found } = await usedOf("daily", env);
    expect(nanoUsd).toBe(provider.total.nanoUsd);
    expect(calls).toBe(provider.total.calls);
    expect(nanoUsd).toBeLessThanOrEqual(4_000_000n);
    expect(found.openReservations).toBe(0);
    expect(codes).toContain(9);
  });

  it("F63 a run that is killed keeps its spend, and its hold ends with the lease", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    provider.behave(({ index }) => ({ outputTokens: 50, ...(index === 3 && { hang: true }) }));
    const { child, ended } = start(
      ["run", "--pool", "daily", "--usd", "1", ...upstreams, "--", ...AGENT, "10"],
      env,
    );
    await expect.poll(() => provider.requests.length, { timeout: 20_000 }).toBe(4);
    child.kill("SIGKILL");
    await ended;
    const { calls, found } = await usedOf("daily", env);
    expect(calls).toBe(3);
    expect(found.openReservations).toBe(1);
  });

  it("F66 set raises the cap of a run that is under way", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    provider.behave(() => ({ outputTokens: 10 }));
    await tokenBudget(["run", "--pool", "p", "--usd", "0", "--", "true"], env);
    const { ended } = start(
      ["run", "--pool", "p", ...upstreams, "--", "sh", "-c", `sleep 1; ${AGENT.join(" ")} 1`],
      env,
    );
    const set = await tokenBudget(["set", "p", "--usd", "1"], env);
    expect(set.stdout).toBe("p: $0.00 of $1.00 used; $1.00 left\n");
    expect((await ended).code).toBe(0);
    const status = await tokenBudget(["status"], env);
    expect(status.stdout).toMatch(
      /^p: \$0\.000\d+ of \$1\.00 used; \$1\.00 left; at this rate it lasts .*\n$/,
    );
    const { stdout } = await tokenBudget(["ledger", "p"], env);
    expect(stdout).toMatch(/configure.*\n.*commit .*19 tokens +p {2}gpt-4o-mini {2}sh\n$/);
    expect((await tokenBudget(["reset", "p"], env)).stdout).toBe(
      "p: $0.00 of $1.00 used; $1.00 left\n",
    );
  });

  it("run --pool with caps other than those of the pool is an error that says what to do", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    await tokenBudget(["run", "--pool", "p", "--usd", "1", "--", "true"], env);
    const { code, stderr } = await tokenBudget(
      ["run", "--pool", "p", "--usd", "2", "--", "true"],
      env,
    );
    expect(code).toBe(2);
    expect(stderr).toContain("with other caps or another window: $0.00 of $1.00 used");
    expect(stderr).toContain("To change it: token-budget set p --usd 2\n");
  });

  it("run stores no key and no prompt, and only the owner can read its files", async () => {
    const folder = stateFolder();
    const env = { XDG_STATE_HOME: folder };
    const { stderr } = await tokenBudget(
      ["run", "--pool", "p", "--usd", "1", ...upstreams, "--", ...AGENT, "3"],
      env,
    );
    const state = join(folder, "token-budget");
    expect(existsSync(state)).toBe(true);
    for (const name of readdirSync(state)) {
      expect(statSync(join(state, name)).mode & 0o077).toBe(0);
      expect(readFileSync(join(state, name), "latin1")).not.toContain("planted");
    }
    expect(statSync(state).mode & 0o077).toBe(0);
    expect(stderr).not.toContain("planted");
  });
});

describe("configuration", () => {
  it("flags win over the environment, and the environment over the configuration file", async () => {
    const folder = stateFolder();
    const own = join(folder, "token-budget");
    mkdirSync(own);
    const env = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder };
    const priceOf = async (args: readonly string[], more: Record<string, string> = {}) => {
      const given = ["prices", "mine/model", "--json", ...args];
      const { code, stdout } = await tokenBudget(given, { ...env, ...more });
      return code === 0 ? JSON.parse(stdout).rates.inputTokens : undefined;
    };
    const file = (name: string, inputTokens: number): string => {
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify({ "mine/model": { inputTokens, outputTokens: 9 } }));
      return path;
    };
    expect(await priceOf([])).toBeUndefined();
    writeFileSync(
      join(own, "token-budget.json"),
      JSON.stringify({
        prices: { "mine/model": { inputTokens: 1 } },
        store: join(folder, "mine.db"),
        upstreams: { openai: `${provider.url}/v1` },
      }),
    );
    expect(await priceOf([])).toBe(1);
    const TOKEN_BUDGET_PRICES = file("environment.json", 2);
    expect(await priceOf([], { TOKEN_BUDGET_PRICES })).toBe(2);
    expect(await priceOf(["--prices", file("flag.json", 3)], { TOKEN_BUDGET_PRICES })).toBe(3);

    await tokenBudget(["run", "--pool", "p", "--usd", "1", "--", ...AGENT, "1"], env);
    expect(provider.total.calls).toBe(1);
    expect(existsSync(join(folder, "mine.db"))).toBe(true);
  });

  it("an invalid configuration file is reported", async () => {
    const folder = stateFolder();
    mkdirSync(join(folder, "token-budget"));
    for (const [text, message] of [
      ["{", /Cannot read .*token-budget\.json/],
      ["[]", /to contain a JSON object/],
      ['{"store": 5}', /"store" in .* to be a string/],
      ['{"upstreams": "x"}', /"upstreams" in .* to be an object/],
      ['{"prices": {"m": 5}}', /prices\["m"\] to have a rate/],
      ['{"stores": 1}', /Unknown key "stores"/],
      ['{"prices": {"a/b": {"input": 3}}}', /Unknown key "input"/],
    ] as const) {
      writeFileSync(join(folder, "token-budget", "token-budget.json"), text);
      const env = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder };
      const { code, stderr } = await tokenBudget(["prices", "gpt-5.5"], env);
      expect([code, message.test(stderr)]).toEqual([2, true]);
    }
  });
});
