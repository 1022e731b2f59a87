// How a request is served: the three axes on which a provider changes its prices (M4).

/**
 * How a request is served, in the provider's words on each axis; their multipliers multiply.
 * Omitted axes are the default.
 */
export interface Service {
  /** Such as `"priority"`, `"flex"` or `"batch"`. */
  readonly tier?: string | undefined;
  /** Such as `"fast"`. */
  readonly speed?: string | undefined;
  /** Where it runs, such as `"us"`. */
  readonly place?: string | undefined;
}
