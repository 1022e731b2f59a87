/**
 * For authors of pools and stores: the conformance suite that every pool of this package passes, a
 * reference model with command traces, and a manual clock.
 *
 * @module
 */

export { conformanceCases, conformanceSuite } from "./conformance/suite.ts";
export type { CaseContext, ConformanceCase, ConformanceOptions } from "./conformance/suite.ts";
export { storeSuite } from "./conformance/store-suite.ts";
export type { StoreSuiteOptions } from "./conformance/store-suite.ts";
export { ManualClock } from "./manual-clock.ts";
export type {
  AnyBudgetPool,
  AnyGrant,
  AnyReservation,
  Eventually,
} from "../pool/any-budget-pool.ts";
export type { OpenPool } from "./open-pool-under-test.ts";
export { runTrace } from "./trace.ts";
export type { Trace, TraceCommand } from "./trace.ts";
export type { ModelAmount } from "./model-quantities.ts";
export type { ModelOptions } from "./reference-model.ts";
