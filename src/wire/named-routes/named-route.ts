// Routes that no format reads, by name: what is known to cost nothing, and what is refused, why,
// and what to do instead. They are loaded when such a request comes.

/** What is known of a route that no format reads. */
export type NamedRoute =
  /** It costs nothing: it keeps a record, or ends something. */
  | { readonly path: RegExp; readonly kind: "free" }
  /** What it costs is unknown before it is done. */
  | {
      readonly path: RegExp;
      readonly kind: "refused";
      /** Why, behind "is not metered: ". */
      readonly why: string;
      /** What to do instead; a sentence of its own. */
      readonly instead: string;
    };

/** Routes that cost nothing. */
export function freeRoutes(...paths: readonly RegExp[]): readonly NamedRoute[] {
  return paths.map((path) => ({ path, kind: "free" }));
}

/** Returns a route that is refused. */
export function refusedRoute(path: RegExp, why: string, instead: string): NamedRoute {
  return { path, kind: "refused", why, instead };
}

/** What ends work, or hands it back. */
export const ENDS: RegExp = /[/:](?:archive|cancel|deactivate|hangup|pause|reject|stop|terminate)$/;

/** What is said of work that is billed when it has ended. */
export const LATER = "it is billed for work that ends later, and its answer does not say how much";
/** What to do about it. */
export const OUTSIDE =
  "Start it outside the meter, under a limit of the provider's own, and book it with pool.commit()";
