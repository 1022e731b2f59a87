// The client of a gateway, in one file of the built program.

export { ServerBooks } from "./server-books.ts";
export { ServerClient } from "./server-client.ts";
export { ServerIncreases } from "./server-increases.ts";
export { ServerKeys } from "./server-keys.ts";
