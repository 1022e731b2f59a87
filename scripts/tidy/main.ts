// The repository checks itself: what no general tool knows about it. `node scripts/tidy/main.ts`

import { checkDocs } from "./docs.ts";
import { checkLayers } from "./layers.ts";
import { checkPackage } from "./package.ts";
import { checkSources } from "./sources.ts";

const problems = [checkLayers, checkPackage, checkDocs, checkSources].flatMap((check) => check());
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(problems.length === 0 ? "tidy\n" : `${problems.length} to mend\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
