/**
 * A plugin for AWS's clients of Amazon Bedrock that holds and books what their calls cost.
 *
 * @module
 */

export { budgetPlugin } from "./budget-plugin.ts";
export type { AwsPlugin, AwsMiddlewareStack } from "./budget-plugin.ts";
export type { ExchangeReport, MeterOptions, MeteredPool, PoolSource } from "../meter/index.ts";
