// Routes that no format reads, by name: known free ones, and refused ones, with the reason and an
// alternative. They are loaded with the first such request.

/** What is known of a route that no format reads. */
export type NamedRoute =
  /** It is free: it reads or writes a record, or ends something. */
  | { readonly path: RegExp; readonly kind: "free" }
  /** Its cost is unknown before it is done. */
  | {
      readonly path: RegExp;
      readonly kind: "refused";
      /** The reason, after "is not metered: ". */
      readonly why: string;
      /** The alternative; a sentence of its own. */
      readonly instead: string;
    };

/** Free routes. */
export function freeRoutes(...paths: readonly RegExp[]): readonly NamedRoute[] {
  return paths.map((path) => ({ path, kind: "free" }));
}

/** Returns a refused route. */
export function refusedRoute(path: RegExp, why: string, instead: string): NamedRoute {
  return { path, kind: "refused", why, instead };
}

/** Routes that cancel or return work. */
export const ENDS: RegExp = /[/:](?:archive|cancel|deactivate|hangup|pause|reject|stop|terminate)$/;

/** The reason for work that is billed when it has ended. */
export const LATER = "it is billed for work that ends later, and its answer does not say how much";
/** The alternative for it. */
export const OUTSIDE =
  "Start it outside the meter, under a limit of the provider's own, and book it with pool.record()";
