#!/usr/bin/env node
// The program `token-budget`. Its modules are loaded after a check of the runtime: an old one could
// not even load them, and would print an obscure error.

import process from "node:process";

const NODE_MIN = [20, 19] as const;
/** How long what a command leaves behind may keep the process once its result is there. */
const ENDING_MS = 2000;

const { stdout, stderr } = process;
// The reader has closed the pipe, as `head` does: there is no one to report to.
for (const stream of [stdout, stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
  stderr.write(
    `token-budget: Node.js ${NODE_MIN.join(".")} or newer is required, and this is ${process.versions.node}; named pools need 22.13\n`,
  );
  process.exitCode = 1;
} else {
  const { lineFor, runCli } = await import("./cli.ts");
  process.exitCode = await runCli(process.argv.slice(2), {
    env: process.env,
    out: (...parts) => stdout.write(lineFor(stdout, parts)),
    err: (line) => stderr.write(lineFor(stderr, [line])),
  });
  // Fires only if something still keeps the process, and never before all output is written.
  setInterval(() => {
    if (stdout.writableLength + stderr.writableLength === 0) process.exit();
  }, ENDING_MS).unref();
}
