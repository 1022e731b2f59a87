// `npm run prices`: writes src/prices/tables from the installed version of @pydantic/genai-prices.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";

import { priceTables } from "./price-tables.ts";

const FOLDER = new URL("../src/prices/tables/", import.meta.url);

const tables = priceTables();
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const [file, text] of tables) writeFileSync(new URL(file, FOLDER), text);
