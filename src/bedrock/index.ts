/**
 * A plugin for AWS's clients of Amazon Bedrock that reserves and books the cost of their calls.
 *
 * @module
 */

export { budgetPlugin } from "./budget-plugin.ts";
export type { AwsPlugin, AwsMiddlewareStack } from "./budget-plugin.ts";
export type { ExchangeReport, MeterOptions, MeteredPool, PoolSource } from "../meter/index.ts";
