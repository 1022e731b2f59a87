// How a request is served: the three axes by which a provider changes its prices (M4).

/**
 * How a request is served, in the provider's words, an axis each: their multipliers multiply. What
 * is left out is the default.
 */
export interface Service {
  /** Such as `"priority"`, `"flex"` or `"batch"`. */
  readonly tier?: string | undefined;
  /** Such as `"fast"`. */
  readonly speed?: string | undefined;
  /** Where it runs, such as `"us"`. */
  readonly place?: string | undefined;
}
