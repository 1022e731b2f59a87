/**
 * A gateway for a team: one address, a key for each person and program, and a budget for each.
 *
 * @module
 */

export { startGateway } from "./start-gateway.ts";
export type { BudgetGateway } from "./start-gateway.ts";
export type { GatewayOptions, GatewayTls } from "./gateway-options.ts";
export type { AccessEntry } from "./access-log.ts";
export type { ProviderKeyList } from "./provider-keys.ts";
export type { JoseLibrary, TokenOptions } from "./signed-tokens.ts";
export type { MailServer } from "./alerts/send-mail.ts";
export type { SenderOptions } from "./alerts/alert-sender.ts";
export { KeyStore } from "./key-store.ts";
export type { MadeKey } from "./key-store.ts";
export type { KeyRecord, KeyRole, NewKey } from "./key-record.ts";
