// The repository checks itself: what no general tool knows about it. `node scripts/tidy/main.ts`

import { checkCircles } from "./circles.ts";
import { checkDecisions } from "./decisions.ts";
import { checkDocs } from "./docs.ts";
import { repositoryAt, ROOT } from "./files.ts";
import { checkLayers } from "./layers.ts";
import { checkLayersPicture } from "./layers-picture.ts";
import { checkNumbers } from "./numbers.ts";
import { checkPackage } from "./package.ts";
import { checkExportedNames } from "./exported-names.ts";
import { checkSources } from "./sources.ts";
import { checkWords } from "./words.ts";

const CHECKS = [
  checkLayers,
  checkLayersPicture,
  checkCircles,
  checkPackage,
  checkDocs,
  checkDecisions,
  checkExportedNames,
  checkSources,
  checkNumbers,
  checkWords,
];

const repository = repositoryAt(ROOT);
const problems = CHECKS.flatMap((check) => check(repository));
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(problems.length === 0 ? "tidy\n" : `${problems.length} to fix\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
