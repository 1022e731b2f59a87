// A separate program: refuses calls at the port of an ended run, until no process of that run is
// left.

import { createServer } from "node:http";

import { hasProcesses } from "./run/family.ts";

/** The file descriptor of the listening socket. */
const SOCKET = 3;
const LOOK_MS = 1000;
const PAYMENT_REQUIRED = 402;
const MESSAGE =
  "token-budget: the run that started this program has ended, and its budget can no longer be spent; start the program with a token-budget run of its own";

const run = process.argv[2] ?? "";
const body = JSON.stringify({ error: { message: MESSAGE, type: "run_ended", code: "run_ended" } });
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(PAYMENT_REQUIRED, {
    "content-type": "application/json",
    "x-should-retry": "false",
    connection: "close",
  });
  response.end(body);
});
server.listen({ fd: SOCKET });
setInterval(() => {
  if (!hasProcesses(run)) process.exit(0);
}, LOOK_MS);
