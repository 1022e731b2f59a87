// Copies the documentation to where the site is built from: pages outside of it cannot import Vue.

import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const pages = fileURLToPath(new URL("pages", import.meta.url));
rmSync(pages, { recursive: true, force: true });
cpSync(fileURLToPath(new URL("../docs", import.meta.url)), pages, { recursive: true });
