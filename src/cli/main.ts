#!/usr/bin/env node
// The program `token-budget`.

import process from "node:process";
import { styleText } from "node:util";

import { runCli } from "./cli.ts";

const { stdout, stderr } = process;
// Whoever reads has gone, as `head` does: there is nobody to tell.
for (const stream of [stdout, stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (text) => stdout.write(`${text}\n`),
  err: (text) => stderr.write(`${text}\n`),
  // On a terminal, unless NO_COLOR is set.
  paint: (style, text) => styleText(style, text, { stream: stdout }),
});
