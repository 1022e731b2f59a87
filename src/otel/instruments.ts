// The part of OpenTelemetry's metrics that is used: the result of
// `metrics.getMeter("token-budget")` of `@opentelemetry/api` has all of it.

/** Attributes of a measurement. */
export type Attributes = Readonly<Record<string, string>>;

/** Records measurements. */
interface Recording {
  record(value: number, attributes?: Attributes): void;
}

/** Adds to a sum. */
interface Counting {
  add(value: number, attributes?: Attributes): void;
}

/** Receives an observation. */
export interface Observing {
  observe(value: number, attributes?: Attributes): void;
}

/** Called when metrics are collected. */
interface Observed {
  addCallback(callback: (result: Observing) => void | Promise<void>): void;
  removeCallback(callback: (result: Observing) => void | Promise<void>): void;
}

interface Description {
  readonly description: string;
  readonly unit: string;
  readonly advice?: { readonly explicitBucketBoundaries: number[] };
}

/** Creates instruments: a `Meter` of OpenTelemetry. */
export interface Instruments {
  createHistogram(name: string, options: Description): Recording;
  createCounter(name: string, options: Description): Counting;
  createObservableGauge(name: string, options: Description): Observed;
}
