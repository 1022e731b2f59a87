// What axe finds wrong with what is shown.

import axeCore from "axe-core";
import type { Page } from "playwright-core";

const RULES_MIN = 10;

interface Axe {
  run(): Promise<{
    passes: unknown[];
    violations: { id: string; nodes: { html: string }[] }[];
  }>;
}

/** The violations of a page; at least ten rules must have had something to look at. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate(async (source) => {
    // The tools of the browser may do what the policy of the page forbids.
    // oxlint-disable-next-line typescript/no-implied-eval -- see above
    new Function(source)();
    const { axe } = globalThis as unknown as { axe: Axe };
    const { violations, passes } = await axe.run();
    const texts = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
    );
    return { texts, rules: passes.length };
  }, axeCore.source);
  return found.rules < RULES_MIN ? ["axe has looked at nothing"] : found.texts;
}
