// The picture of the layers in CONTRIBUTING, drawn from the table that the imports are checked by:
// `npm run layers`.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { repositoryAt, ROOT } from "./files.ts";
import type { Repository } from "./files.ts";
import { LAYERS } from "./layers.ts";

const PAGE = "CONTRIBUTING.md";
const PICTURE = /(^## The layers\n\n```\n)[^`]*(```$)/m;

/** Reports a picture that is not what the table says. */
export function checkLayersPicture(repository: Repository): string[] {
  const isDrawn = pageWithPicture(repository) === repository.textOf(PAGE);
  return isDrawn
    ? []
    : [`${PAGE}: the layers are not as in scripts/tidy/layers.ts; npm run layers`];
}

function pageWithPicture(repository: Repository): string {
  return repository.textOf(PAGE).replace(PICTURE, `$1${picture()}$2`);
}

/** One line for all layers that point to the same ones; arrows that follow from others are left out. */
function picture(): string {
  const lines = new Map<string, string[]>();
  for (const [layer, targets] of Object.entries(LAYERS)) {
    const implied = new Set(targets.flatMap((target) => LAYERS[target] ?? []));
    const direct = targets.filter((target) => !implied.has(target)).join(", ");
    if (direct === "" || layer === "index") continue;
    lines.set(direct, [...(lines.get(direct) ?? []), layer]);
  }
  const sources = [...lines.values()].map((layers) => layers.join(", "));
  const width = Math.max(...sources.map(({ length }) => length));
  const targets = [...lines.keys()];
  return sources
    .map((source, index) => `${source.padStart(width)} ─▶ ${targets[index] ?? ""}\n`)
    .join("");
}

if (import.meta.main) writeFileSync(join(ROOT, PAGE), pageWithPicture(repositoryAt(ROOT)));
