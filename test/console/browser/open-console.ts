// The console as people use it: the program in a process of its own, and a real browser.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, onTestFinished } from "vitest";

import { serverBinary } from "../../support/servers.ts";

const MAIN = join(import.meta.dirname, "../../../dist/cli/main.js");
const SPENDER = join(import.meta.dirname, "steady-spender.ts");

/** Where Chromium is; undefined when it is not installed. */
export const CHROMIUM: string | undefined = serverBinary("chromium", "apt-get install chromium");

/** A name that leads to this machine, as one of an attacker may. */
export const REBOUND_NAME = "rebound.example";

/** Text is drawn in one way on every machine. */
const SAME_TEXT = [
  "--font-render-hinting=none",
  "--enable-font-subpixel-positioning",
  "--disable-lcd-text",
  "--force-color-profile=srgb",
];

let browser: Promise<Browser> | undefined;
afterAll(async () => (await browser)?.close());

/** A console that is looked at. */
export interface OpenedConsole {
  readonly page: Page;
  /** The address of the console, with a slash at its end. */
  readonly base: string;
  /** What the browser reported: errors of scripts, and what the policy forbade. */
  readonly troubles: readonly string[];
  /** All hosts that it has asked for something. */
  readonly hosts: ReadonlySet<string>;
  /** Goes to a view, such as `ledger?pool=acme`, and waits until it is there. */
  readonly see: (view: string) => Promise<void>;
}

/** Starts the console over a store, and opens it by the link that it prints. */
export async function openConsole(
  store: string,
  options: { readonly isReduced?: boolean } = {},
): Promise<OpenedConsole> {
  const opened = await openPage(await startedConsole(store), options);
  await opened.page.waitForSelector("header");
  return opened;
}

/** Opens an address of a console in a browser that knows nothing of it. */
export async function openPage(
  address: string,
  { isReduced = false, at }: { readonly isReduced?: boolean; readonly at?: number } = {},
): Promise<OpenedConsole> {
  browser ??= chromium.launch({
    executablePath: CHROMIUM ?? "",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      `--host-resolver-rules=MAP ${REBOUND_NAME} 127.0.0.1`,
      ...SAME_TEXT,
    ],
  });
  const context = await (
    await browser
  ).newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: "UTC",
    locale: "en-US",
    reducedMotion: isReduced ? "reduce" : "no-preference",
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  // The dates of the page stand still; its timers do not.
  if (at !== undefined) await page.clock.setFixedTime(at);
  const troubles: string[] = [];
  const hosts = new Set<string>();
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text());
  });
  page.on("dialog", (dialog) => {
    troubles.push(`a dialog of a script: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  await page.goto(address);
  const base = new URL("./", address).href;
  const see = async (view: string): Promise<void> => {
    await page.goto(`${base}#/${view}`);
    await page.waitForFunction(
      () =>
        document.querySelector("main h1") !== null &&
        !/Loading…/.test(document.querySelector("main")?.textContent ?? ""),
    );
  };
  return { page, base, troubles, hosts, see };
}

/** Starts the console in a process of its own, and returns the link that it prints. */
export async function startedConsole(store: string): Promise<string> {
  const child = spawn(
    process.execPath,
    [MAIN, "console", "--store", store, "--port", "0", "--json"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return (JSON.parse(line.toString()) as { url: string }).url;
}

/** Starts a process that spends from a pool, at an address of test/support/open-store.ts. */
export async function startSpender(address: string, path: string): Promise<void> {
  const child = spawn(process.execPath, [SPENDER, address, path], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child, "message");
}
