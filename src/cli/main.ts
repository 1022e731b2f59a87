#!/usr/bin/env node
// The program `token-budget`.

import process from "node:process";
import { runCli } from "./cli.ts";
import { lineFor } from "./terminal-text.ts";

const { stdout, stderr } = process;
// Whoever reads has gone, as `head` does: there is nobody to tell.
for (const stream of [stdout, stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (...parts) => stdout.write(lineFor(stdout, parts)),
  err: (line) => stderr.write(lineFor(stderr, [line])),
});
