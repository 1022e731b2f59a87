// docs/reference/config.md: what token-budget.json and the environment may say. Keys that flags of
// `run` share have their help; the check fails when a key or variable of the source is missing here.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { STRICTER_KEYS } from "../../src/cli/settings/configuration-file.ts";
import { CODE_KEYS } from "../../src/cli/settings/configuration.ts";
import { loadCommand } from "../../src/cli/commands.ts";
import { cell, GENERATED } from "./pages.ts";
import type { Page } from "./pages.ts";

const CLI = fileURLToPath(new URL("../../src/cli", import.meta.url));
const OWN_KEYS: Readonly<
  Record<(typeof CODE_KEYS)[number], readonly [type: string, meaning: string]>
> = {
  store: ["string", "where pools are kept: a file, `redis://…` or `postgres://…`"],
  upstreams: ["object", 'base URLs by upstream name, for gateways: `{ "openai": "https://…" }`'],
  prices: [
    "object",
    "prices by model, in dollars for a million tokens; see [prices](../guides/prices.md)",
  ],
  models: ["object", 'the model that a name stands for: `{ "my-deployment": "gpt-4o" }`'],
};
const TYPES: Readonly<Record<(typeof STRICTER_KEYS)[number], string>> = {
  usd: "number or string",
  tokens: "number",
  "input-tokens": "number",
  "output-tokens": "number",
  calls: "number",
  per: "string",
  from: "string",
  "time-zone": "string",
  pool: "string",
  label: "string",
};
const READ: Readonly<Record<string, string>> = {
  TOKEN_BUDGET_STORE: "where pools are kept, like `--store`",
  TOKEN_BUDGET_PRICES: "a file with your own prices, like `--prices`",
  TOKEN_BUDGET_POOL: "the pool that `statusline` shows by default",
  TOKEN_BUDGET_SERVER: "the address of a gateway, like `--server`",
  TOKEN_BUDGET_KEY: "your key for that gateway, like `--key-file`",
  TOKEN_BUDGET_MAIL_SERVER:
    "the mail server of a gateway's alerts, such as `smtps://user:password@host`",
};
const SET: Readonly<Record<string, string>> = {
  TOKEN_BUDGET_POOL: "the path of the pool that the command draws from",
  TOKEN_BUDGET_URL: "an address that answers what is left, as JSON",
  TOKEN_BUDGET_PROXY_KEY: "the key of the proxy, for Codex",
  TOKEN_BUDGET_RUN:
    "the run that a process belongs to, so that its children are found when it ends",
  TOKEN_BUDGET_USED_PERCENT: "for `--on-warn`: how much of the budget is used, in percent",
  TOKEN_BUDGET_REFUSAL: "for `--on-refuse`: the message of the refusal",
};

/** The reference of files and variables. */
export async function configPage(): Promise<Page> {
  checkVariables();
  const run = await loadCommand("run");
  const stricter = STRICTER_KEYS.map(
    (key) => `| \`${key}\` | ${TYPES[key]} | ${cell(run?.flags[key]?.help ?? "")} |`,
  );
  const own = CODE_KEYS.map(
    (key) => `| \`${key}\` | ${OWN_KEYS[key][0]} | ${cell(OWN_KEYS[key][1])} |`,
  );
  const text = [
    "# Configuration reference\n",
    `${GENERATED}\n`,
    "Flags override environment variables, variables override `token-budget.json` in the working folder, which overrides",
    "`token-budget/token-budget.json` in your configuration folder (`$XDG_CONFIG_HOME`, or `~/.config`).",
    "The [guide](../guides/command-line.md#defaults-environment-variables-and-configuration-files) has examples.\n",
    "## token-budget.json\n",
    "Always read from your configuration folder; from a working folder only after `token-budget allow`:\n",
    "| key | type | meaning |\n| --- | --- | --- |",
    ...own,
    "",
    "Read from a working folder too. Until you allow the file, these can only make a budget stricter:\n",
    "| key | type | meaning |\n| --- | --- | --- |",
    ...stricter,
    "",
    "## Environment variables that the program reads\n",
    "| variable | meaning |\n| --- | --- |",
    ...rowsOf(READ),
    "",
    "`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and `NODE_EXTRA_CA_CERTS` decide how the proxy reaches providers;",
    "`XDG_STATE_HOME` and `XDG_CONFIG_HOME` say where files are kept; `NO_COLOR` and `FORCE_COLOR` are honored.\n",
    "## Environment variables that `run` sets\n",
    "| variable | meaning |\n| --- | --- |",
    ...rowsOf(SET),
    "",
    "It also sets the base URLs of SDKs: [which programs](../guides/command-line.md#which-programs).",
    "",
  ].join("\n");
  return {
    path: "docs/reference/config.md",
    title: "Configuration reference",
    summary: "Keys of token-budget.json, and environment variables.",
    text,
  };
}

function rowsOf(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
}

/** Fails when the program names a variable that is not described here. */
function checkVariables(): void {
  const named = readdirSync(CLI, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap(
      (file) => readFileSync(`${CLI}/${file}`, "utf8").match(/\bTOKEN_BUDGET_[A-Z_]+\b/g) ?? [],
    );
  const missing = [...new Set(named)].filter((name) => !(name in READ) && !(name in SET));
  if (missing.length > 0)
    throw new Error(`scripts/reference/config.ts lacks ${missing.join(", ")}`);
}
