// `npm run routes`: writes docs/reference/routes.md.

import { writeFileSync } from "node:fs";

import { routesPage } from "./table.ts";

writeFileSync(new URL("../../docs/reference/routes.md", import.meta.url), routesPage());
