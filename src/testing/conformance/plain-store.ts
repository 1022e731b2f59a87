// A store whose commands and outcomes pass through JSON, as on the way to a remote store: anything
// that is not plain data fails here.

import assert from "node:assert/strict";

import type { Store } from "../../stores/index.ts";

/** Returns the same store, reached over text. */
export function overText(store: Store): Store {
  const { documents } = store;
  const watch = store.watch?.bind(store);
  const pathsAfter = store.pathsAfter?.bind(store);
  const figures = store.figures?.bind(store);
  const sums = store.sums?.bind(store);
  const forget = store.forget?.bind(store);
  const newest = store.newest?.bind(store);
  const holds = store.holds?.bind(store);
  const templates = store.templates?.bind(store);
  const setTemplate = store.setTemplate?.bind(store);
  const { journal } = store;
  const heads = store.heads?.bind(store);
  const add = journal?.add?.bind(journal);
  return {
    batchesAtOnce: store.batchesAtOnce,
    commandsAtOnce: store.commandsAtOnce,
    async execute(root, commands) {
      const sent = sentCopy(commands, "commands");
      return sentCopy(await store.execute(root, sent), "outcomes");
    },
    paths: async () => sentCopy(await store.paths(), "paths"),
    ledger: (query) => store.ledger(query)?.then((lines) => sentCopy(lines, "lines")),
    ...(pathsAfter !== undefined && {
      pathsAfter: (query) => pathsAfter(query)?.then((paths) => sentCopy(paths, "paths")),
    }),
    ...(figures !== undefined && {
      figures: async (paths: readonly string[]) => sentCopy(await figures(paths), "figures"),
    }),
    ...(sums !== undefined && {
      sums: async (query) => sentCopy(await sums(query), "sums"),
    }),
    ...(newest !== undefined && {
      newest: async (query) => sentCopy(await newest(sentCopy(query, "query")), "lines"),
    }),
    ...(holds !== undefined && {
      holds: async (query) => sentCopy(await holds(query), "holds"),
    }),
    ...(templates !== undefined &&
      setTemplate !== undefined && {
        templates: async () => sentCopy(await templates(), "templates"),
        setTemplate,
      }),
    ...(forget !== undefined && { forget: (query) => forget(sentCopy(query, "query")) }),
    ...(journal !== undefined && {
      journal: {
        ...(add !== undefined && { add: (root, batch) => add(root, sentCopy(batch, "batch")) }),
        read: async (query) => sentCopy(await journal.read(query), "refusals"),
      },
    }),
    ...(heads !== undefined && {
      heads: async (place: string) => sentCopy(await heads(place), "heads"),
    }),
    ...(watch !== undefined && { watch }),
    ...(documents !== undefined && { documents }),
    close: () => store.close(),
  };
}

/** Returns a value after JSON and after structured cloning, which must agree. */
function sentCopy<T extends object>(value: T, name: string): T {
  assertPlain(value, name);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing is lost of plain data
  const copy = JSON.parse(JSON.stringify(value)) as T;
  assert.deepEqual(copy, JSON.parse(JSON.stringify(structuredClone(value))), name);
  return copy;
}

/** Throws unless a value consists only of what JSON can represent. */
function assertPlain(value: unknown, name: string): void {
  if (value === null || value === undefined) return;
  if (typeof value === "number") {
    assert.ok(Number.isFinite(value), `${name} is ${value}, which JSON cannot tell`);
  } else if (typeof value === "object") {
    assert.ok(!(value instanceof Date || value instanceof Map || value instanceof Set), name);
    for (const [key, part] of Object.entries(value)) assertPlain(part, `${name}.${key}`);
  } else {
    assert.ok(
      typeof value === "string" || typeof value === "boolean",
      `${name} is a ${typeof value}, which cannot be sent`,
    );
  }
}
