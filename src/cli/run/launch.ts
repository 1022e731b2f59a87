// Starts the command of a run so that its calls go to the proxy, and no other user receives its
// keys when the run is over.

import { randomUUID } from "node:crypto";

import type { BudgetProxy } from "../../proxy/index.ts";
import { STATUS_NAME } from "../../proxy/gate.ts";
import { makeShims } from "./agent-shims.ts";
import { runCommand } from "./child-process.ts";
import type { RunningCommand } from "./child-process.ts";
import { leftForAzure } from "./clouds.ts";
import type { CliContext } from "../command-line.ts";
import {
  argumentsFor,
  codexSettings,
  environmentFor,
  guardedBy,
  isCodex,
  KEY_VARIABLE,
} from "./child-environment.ts";
import { RUN_VARIABLE } from "./family.ts";
import { startGuardian } from "./guardian.ts";
import { keepPort } from "../kept-port.ts";

/** How a command is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: CliContext["env"];
  /** The path of the pool that it spends from. */
  readonly pool: string;
  /** The variables to leave unchanged. */
  readonly left: readonly string[];
  /** Whether to set the proxy for tunnels. */
  readonly isGuarded: boolean;
}

/** Starts a command that spends through a proxy. Close the proxy when it has ended. */
export function launch(
  proxy: BudgetProxy,
  { command, args, env, pool, left, isGuarded }: Launch,
): RunningCommand {
  const run = randomUUID();
  const keylessUrlOf = (upstream: string): string => proxy.keylessUrlOf(upstream);
  const settings = codexSettings(keylessUrlOf);
  const codex = { name: "codex", package: "@openai/codex", args: settings };
  const shims = isCodex(command) ? undefined : makeShims(codex, env);
  const guardian = startGuardian(run, proxy.socket, shims?.folder);
  const running = runCommand(command, argumentsFor(command, args, keylessUrlOf), {
    ...environmentFor(env, (upstream) => proxy.urlOf(upstream), [
      ...leftForAzure(env, [command, ...args]),
      ...left,
    ]),
    ...(isGuarded && guardedBy(proxy)),
    ...(shims?.path !== undefined && { PATH: shims.path }),
    [KEY_VARIABLE]: proxy.key,
    [RUN_VARIABLE]: run,
    TOKEN_BUDGET_POOL: pool,
    TOKEN_BUDGET_URL: proxy.urlOf(STATUS_NAME),
  });
  guardian.watch(running.pid);
  const end = (): void => {
    keepPort(run, proxy.socket);
    guardian.dismiss();
    shims?.remove();
  };
  return { ...running, ended: running.ended.finally(end) };
}
