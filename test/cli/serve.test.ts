// A gateway while it runs: its certificate is renewed, the keys of providers change, and a key is
// revoked.

import { execFileSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { appendFileSync, chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";

import { KeyStore } from "../../src/gateway/index.ts";
import { sqliteStore } from "../../src/sqlite/index.ts";
import { chat } from "../gateway/gateways.ts";
import { startProvider } from "../meter/provider.ts";
import { freePort } from "../support/servers.ts";
import { start, stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();
const PATIENCE = { timeout: 60_000 };
const CHAT = "/openai/v1/chat/completions";

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly folder: string;
  readonly store: string;
  readonly key: string;
  /** What it has written to stderr so far. */
  readonly said: () => string;
  readonly ended: ReturnType<typeof start>["ended"];
}

/** Starts a gateway over a store of its own, or over one that is there. */
async function serve(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  there?: Pick<Served, "folder" | "store" | "key">,
): Promise<Served> {
  const folder = there?.folder ?? stateFolder();
  const file = there?.store ?? join(folder, "team.db");
  let key = there?.key ?? "";
  if (there === undefined) {
    const store = sqliteStore(file);
    await store.pool("users/ada", { caps: { usd: 5 }, overage: "allow" });
    ({ key } = await new KeyStore(store).create({ pool: "users/ada" }, "test"));
    await store.close();
  }
  const port = await freePort();
  const own = ["serve", "--store", file, "--port", String(port), "--quiet"];
  const upstream = ["--upstream", `openai=${provider.url}/v1`];
  const { child, ended } = start([...own, ...upstream, ...args], env, folder);
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  child.stderr?.on("data", (piece) => (text += String(piece)));
  const scheme = args.includes("--tls-cert") ? "https" : "http";
  await expect.poll(() => text, PATIENCE).toContain("listening at");
  const url = `${scheme}://127.0.0.1:${port}`;
  return { child, url, folder, store: file, key, said: () => text, ended };
}

async function statusOf({ url, key }: Served): Promise<number> {
  const { headers, ...init } = chat("Hello", { max_tokens: 20 });
  const sent = { ...Object(headers), authorization: `Bearer ${key}` };
  const answer = await fetch(url + CHAT, { ...init, headers: sent });
  await answer.text();
  return answer.status;
}

/** The keys that the provider was asked with, in their order. */
function keysSeen(): readonly unknown[] {
  return provider.requests.map(({ headers }) => headers["authorization"]);
}

function hasOpenssl(): boolean {
  try {
    return execFileSync("openssl", ["version"]).length > 0;
  } catch {
    return false;
  }
}

describe.skipIf(!hasOpenssl())("TLS by file", () => {
  /** A certificate for loopback, which is its own authority. */
  function certify(folder: string, name: string): void {
    const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
    const files = ["-keyout", `${name}.key`, "-out", `${name}.pem`, "-subj", `/CN=${name}`];
    execFileSync("openssl", [...made, ...files, "-addext", "subjectAltName=IP:127.0.0.1"], {
      cwd: folder,
      stdio: "ignore",
    });
  }

  /** The name of the certificate that is shown to a new connection. */
  function shownBy(url: string, ca: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request(`${url}/healthz`, { ca: readFileSync(ca), agent: false }, (answer) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was asked over TLS
        const { subject } = (answer.socket as TLSSocket).getPeerCertificate();
        answer.resume();
        resolve(String(subject.CN));
      });
      asked.once("error", reject);
      asked.end();
    });
  }

  it("serve answers over TLS, loads a renewed certificate on SIGHUP, and keeps the old one if the new one is invalid", async () => {
    const folder = stateFolder();
    for (const name of ["first", "second"]) certify(folder, name);
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "cert.key")];
    const use = (name: string): void => {
      copyFileSync(join(folder, `${name}.pem`), cert);
      copyFileSync(join(folder, `${name}.key`), key);
    };
    use("first");
    const tls = ["--tls-cert", cert, "--tls-key", key];
    const gateway = await serve(tls, { OPENAI_API_KEY: "sk-one" });
    const first = join(folder, "first.pem");
    expect(await shownBy(gateway.url, first)).toBe("first");
    // Commands trust the authority that they are shown, and no other.
    const env = { TOKEN_BUDGET_SERVER: gateway.url, TOKEN_BUDGET_KEY: gateway.key };
    const trusted = await tokenBudget(["status"], { ...env, NODE_EXTRA_CA_CERTS: first });
    expect(trusted).toMatchObject({ code: 0, stdout: expect.stringContaining("users/ada: ") });
    const stranger = await tokenBudget(["status"], env);
    expect([stranger.code, stranger.stderr]).toEqual([
      1,
      expect.stringMatching(/^token-budget: Cannot reach the server https:.*self-signed/),
    ]);
    use("second");
    gateway.child.kill("SIGHUP");
    await expect.poll(gateway.said, PATIENCE).toContain("read the certificate again");
    expect(await shownBy(gateway.url, join(folder, "second.pem"))).toBe("second");
    writeFileSync(cert, "broken");
    gateway.child.kill("SIGHUP");
    await expect.poll(gateway.said, PATIENCE).toContain("kept the certificate: ");
    expect(await shownBy(gateway.url, join(folder, "second.pem"))).toBe("second");
    gateway.child.kill("SIGTERM");
    expect(await gateway.ended).toMatchObject({ code: 0 });
  });
});

describe("keys of providers", () => {
  it("provider keys come from a private file, rotate, and are read again on SIGHUP", async () => {
    provider.behave(() => ({}));
    provider.clear();
    const keys = join(stateFolder(), "keys.json");
    writeFileSync(keys, JSON.stringify({ openai: ["sk-one", "sk-two"] }), { mode: 0o640 });
    const open = await tokenBudget(["serve", "--store", `${keys}.db`, "--provider-keys", keys]);
    expect([open.code, open.stderr]).toEqual([
      1,
      `token-budget: Others may read ${keys}: run chmod 600 ${keys}\n`,
    ]);
    chmodSync(keys, 0o600);
    const gateway = await serve(["--provider-keys", keys]);
    for (let call = 0; call < 4; call++)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await statusOf(gateway)).toBe(200);
    expect(keysSeen()).toEqual(["one", "two", "one", "two"].map((each) => `Bearer sk-${each}`));
    writeFileSync(keys, JSON.stringify({ openai: "sk-three" }));
    gateway.child.kill("SIGHUP");
    await expect.poll(gateway.said, PATIENCE).toContain("read the keys of all providers again");
    expect(await statusOf(gateway)).toBe(200);
    expect(keysSeen().at(-1)).toBe("Bearer sk-three");
    writeFileSync(keys, "{");
    gateway.child.kill("SIGHUP");
    await expect.poll(gateway.said, PATIENCE).toContain("kept the keys of all providers: ");
    expect(gateway.said()).not.toContain("sk-");
    expect(await statusOf(gateway)).toBe(200);
  });

  it("provider keys come from a command, which runs again when the provider refuses one, and not for each call", async () => {
    provider.behave(({ headers }) =>
      headers["authorization"] === "Bearer sk-new" ? {} : { status: 401 },
    );
    provider.clear();
    const folder = stateFolder();
    const [key, runs] = [join(folder, "key"), join(folder, "runs")];
    writeFileSync(key, "sk-old\n");
    appendFileSync(runs, "");
    const command = `echo run >> ${runs}; cat ${key}`;
    const gateway = await serve(["--keys-from", `openai=${command}`]);
    const count = (): number => readFileSync(runs, "utf8").split("\n").length - 1;
    expect(count()).toBe(1);
    writeFileSync(key, "sk-new\n");
    expect(await statusOf(gateway)).toBe(401);
    await expect.poll(gateway.said, PATIENCE).toContain("read the keys of openai again");
    expect(await statusOf(gateway)).toBe(200);
    expect([keysSeen().at(-1), count()]).toEqual(["Bearer sk-new", 2]);
    // A provider that refuses everything does not have the command run for each call.
    provider.behave(() => ({ status: 401 }));
    for (let call = 0; call < 5; call++)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await statusOf(gateway)).toBe(401);
    expect(count()).toBeLessThanOrEqual(3);
    provider.behave(() => ({}));
  });
});

describe("a key that is revoked", () => {
  it("a revoked key is accepted by no gateway of its store two seconds later", async () => {
    provider.behave(() => ({}));
    const one = await serve([], { OPENAI_API_KEY: "sk-one" });
    const other = await serve([], { OPENAI_API_KEY: "sk-one" }, one);
    for (const gateway of [one, other]) expect(await statusOf(gateway)).toBe(200);
    const store = sqliteStore(one.store);
    const keys = new KeyStore(store);
    const [record] = await keys.list();
    // Both are asked again and again, from before it is revoked until both refuse.
    let revokedAt = Infinity;
    const lastAccepted = async (gateway: Served): Promise<number> => {
      let last = -Infinity;
      for (;;) {
        const startedAt = performance.now();
        // oxlint-disable-next-line no-await-in-loop -- until it refuses
        const status = await statusOf(gateway);
        if (status === 401 && startedAt > revokedAt) return last;
        expect([200, 401]).toContain(status);
        if (status === 200) last = startedAt;
        // oxlint-disable-next-line no-await-in-loop -- others are let in
        await setImmediate();
      }
    };
    const asking = Promise.all([lastAccepted(one), lastAccepted(other)]);
    await keys.revoke(record?.id ?? "", "test");
    revokedAt = performance.now();
    for (const last of await asking) expect(last - revokedAt).toBeLessThan(2000);
    await store.close();
  });
});
