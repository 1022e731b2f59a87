// Each page as it looks, at three widths in two themes, against the pictures that are kept beside:
// `npm run pictures:console` renews them. A picture that differs is left in reports/pictures.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { CHROMIUM, openPage } from "./open-console.ts";
import { differenceOf, keptOf, pictureIn, pngOf } from "./picture.ts";
import type { Picture } from "./picture.ts";
import { startShownGateway } from "./shown-gateway.ts";
import { NOW } from "./shown-store.ts";

const KEPT = join(import.meta.dirname, "pictures");
const DIFFERING = join(import.meta.dirname, "../../../reports/pictures");
const IS_RENEWED = process.env["PICTURES"] === "renew";
const WIDTHS = [320, 768, 1440];
const THEMES = ["light", "dark"] as const;
const HEIGHT_MOST = 1000;
const TRIES = 20;
/**
 * Which part of a picture may differ. On one machine nothing does. The flags of the browser and the
 * fonts are fixed, for other hinting moves 2 to 6 % of a page; what is left to another machine is how
 * its version of the browser smooths the edges of letters, which the halving and 24 of 255 in a channel
 * let pass. The least mistake below changes 0.66 %.
 */
const PART_MOST = 0.003;
const VIEWS: Readonly<Record<string, string>> = {
  pools: "pools",
  pool: "pool?path=acme%2Fsearch%2Fada",
  ledger: "ledger?pool=acme&by=label&label=docs",
  refusals: "refusals?pool=acme",
  holds: "holds?pool=acme",
  changes: "changes?pool=acme",
  requests: "requests",
  alerts: "alerts",
  keys: "keys?all=yes",
};
/** The fonts of every machine that has the package fonts-dejavu-core. */
const FONTS = `:root { font-family: "DejaVu Sans" !important } code, pre { font-family: "DejaVu Sans Mono" !important }`;

/** Applies a style to the page, as long as its document is shown; returns how to take it back. */
async function style(page: Page, text: string): Promise<() => Promise<void>> {
  const sheet = await page.evaluateHandle((css) => {
    const made = new CSSStyleSheet();
    made.replaceSync(css);
    document.adoptedStyleSheets.push(made);
    return made;
  }, text);
  return () => sheet.evaluate((made) => made.replaceSync(""));
}

/** Whether the fonts are there: text is then as wide as it is known to be. */
async function hasFonts(page: Page): Promise<boolean> {
  return await page.evaluate(() => {
    const context = document.createElement("canvas").getContext("2d");
    if (context === null) return false;
    const widths = ["DejaVu Sans", "DejaVu Sans Mono"].map((font) => {
      context.font = `100px "${font}", serif`;
      return Math.round(context.measureText("token-budget").width);
    });
    return JSON.stringify(widths) === "[670,722]";
  });
}

/** The page once it has come to rest: two pictures in a row are the same. */
async function pictureOf(page: Page, width: number): Promise<Picture> {
  let before = "";
  for (let time = 0; time < TRIES; time++) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const clip = { x: 0, y: 0, width, height: Math.min(height, HEIGHT_MOST) };
    const png = await page.screenshot({ fullPage: true, clip, animations: "disabled" });
    const now = png.toString("base64");
    if (now === before) return keptOf(pictureIn(png));
    before = now;
  }
  throw new Error(`Expected the page to come to rest within ${TRIES} pictures`);
}

/** Keys are random. */
async function hideKeys(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const code of document.querySelectorAll("td code"))
      if (code.textContent.startsWith("tb_")) code.textContent = "tb_abcde…";
  });
}

/** Compares a picture with the one that is kept, and says in words how it differs. */
function problemOf(name: string, seen: Picture): string | undefined {
  const file = join(KEPT, `${name}.png`);
  if (IS_RENEWED) {
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(file, pngOf(seen));
    return undefined;
  }
  const { part, shown } = differenceOf(pictureIn(readFileSync(file)), seen);
  if (part <= PART_MOST) return undefined;
  mkdirSync(DIFFERING, { recursive: true });
  writeFileSync(join(DIFFERING, `${name}.png`), pngOf(seen));
  writeFileSync(join(DIFFERING, `${name}-differs.png`), pngOf(shown));
  return `${name}: ${(part * 100).toFixed(2)} % differs; see ${DIFFERING}`;
}

async function openShown(): Promise<{
  readonly page: Page;
  readonly see: (view: string) => Promise<void>;
}> {
  const { base, key } = await startShownGateway();
  const { page, see } = await openPage(base, { isReduced: true, at: NOW });
  await page.getByLabel("Key or link token").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForSelector("li.pool");
  if (!(await hasFonts(page)))
    throw new Error(
      "Expected the fonts of the pictures; install them with: apt-get install fonts-dejavu-core",
    );
  await style(page, FONTS);
  return { page, see };
}

/** What a mistake in the style may be, and what else than nothing notices it. */
const MISTAKES: readonly (readonly [string, string])[] = [
  ["the color of what is used", ":root { --used: light-dark(#1d6fb8, #3f8fd0) }"],
  ["the color of soft text", ":root { --soft: light-dark(#b02020, #e05050) }"],
  ["the space in a row", ".pool { padding-top: 0.9rem }"],
  ["the space of the page", "main { padding-top: 1.4rem }"],
  ["the size of text", ":root { font-size: 15.4px }"],
  ["the depth of the tree", ".pool .name { padding-left: 0 }"],
  ["a part that is gone", ".pool .figures { visibility: hidden }"],
];

describe.skipIf(CHROMIUM === undefined)("pictures of the console", () => {
  it("each page of the console looks as it did, at three widths in two themes", async () => {
    const { page, see } = await openShown();
    const problems: (string | undefined)[] = [];
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 640 });
        for (const [name, view] of Object.entries(VIEWS)) {
          await see(view);
          await hideKeys(page);
          problems.push(problemOf(`${name}-${width}-${theme}`, await pictureOf(page, width)));
        }
      }
    }
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it("a picture of the console differs when a style does", async () => {
    const { page, see } = await openShown();
    await page.setViewportSize({ width: 768, height: 640 });
    await see("pools");
    const before = await pictureOf(page, 768);
    expect(differenceOf(before, await pictureOf(page, 768)).part).toBe(0);
    for (const [name, css] of MISTAKES) {
      const takeBack = await style(page, css);
      const { part } = differenceOf(before, await pictureOf(page, 768));
      expect([name, part > PART_MOST]).toEqual([name, true]);
      await takeBack();
    }
  });
});
