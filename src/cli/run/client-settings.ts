// Settings for programs whose calls should go to a proxy: variables for shells, and files for some
// programs.

import type { BudgetProxy } from "../../proxy/index.ts";
import { codexSettings, environmentFor } from "./child-environment.ts";

/** The settings of one program. */
export interface ClientSettings {
  readonly program: string;
  readonly where: string;
  readonly lines: readonly string[];
}

/** Returns the settings for each program that is known. */
export function clientSettings(proxy: BudgetProxy): readonly ClientSettings[] {
  const urlOf = (upstream: string): string => proxy.urlOf(upstream);
  const changed = Object.entries(environmentFor({}, urlOf));
  const variables = changed.filter(([name]) => /_BASE(?:_URL)?$/.test(name));
  const openai = `${urlOf("openai")}/v1`;
  return [
    {
      program: "a shell, and most SDKs",
      where: "paste it, or put it into ~/.profile",
      lines: variables.map(([name, value]) => `export ${name}=${value ?? ""}`),
    },
    {
      program: "Claude Code",
      where: "~/.claude/settings.json",
      lines: [JSON.stringify({ env: { ANTHROPIC_BASE_URL: urlOf("anthropic") } })],
    },
    {
      program: "Codex",
      where: "its arguments, with TOKEN_BUDGET_PROXY_KEY set",
      lines: [
        `export TOKEN_BUDGET_PROXY_KEY=${proxy.key}`,
        `codex ${codexSettings((upstream) => proxy.keylessUrlOf(upstream))
          .map((each) => (each.startsWith("-") ? each : `'${each}'`))
          .join(" ")}`,
      ],
    },
    {
      program: "Cursor, Cline, Continue, Zed and others",
      where: "the field for OpenAI's base URL in their settings",
      lines: [openai],
    },
  ];
}
