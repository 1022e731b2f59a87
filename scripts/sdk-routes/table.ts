// What becomes of each POST route of the official SDKs, as a page of the reference.

import { namedRoute } from "../../src/wire/named-routes/by-provider.ts";
import { providerAt } from "../../src/wire/providers.ts";
import { routeOf } from "../../src/wire/routes.ts";
import { sdkPosts } from "./posts.ts";

const INTRODUCTION = `# Routes

Every route that the official SDKs post to, and what the meter does with it: it is metered, it is known to
cost nothing and passes, or it is refused before it is sent; the table and the refusal give the reason.
Reading and deleting (\`GET\`, \`HEAD\`, \`DELETE\`) pass. Whatever is not listed is refused;
[metering](../guides/metering.md) says how to give such a route a price, or let it pass.

\`npm run routes\` generates this page from the installed SDKs.
`;

/** The page. @throws {Error} when an SDK posts to what nobody has said anything of. */
export function routesPage(): string {
  const parts = sdkPosts().map(({ sdk, version, addresses }) => {
    const rows = addresses.map((address) => [
      `\`${address.pathname.replaceAll("a-name", "…")}\``,
      fateOf(address),
    ]);
    return `## ${sdk} ${version}\n\n${tableOf([["POST", "what the meter does"], ...rows])}\n`;
  });
  return [INTRODUCTION, ...parts].join("\n");
}

function fateOf(address: URL): string {
  const provider = providerAt(address);
  if (provider === undefined) throw new Error(`Nobody is known at ${address.host}`);
  const route = routeOf("POST", address.pathname, provider);
  if (route.kind === "billable") return `metered (${route.wire})`;
  if (route.kind === "free") return "free";
  const named = namedRoute(address.pathname, provider);
  if (named === undefined)
    throw new Error(
      `POST ${address.href} is neither metered, nor free, nor refused by name: add it to src/wire/named-routes`,
    );
  return named.kind === "free" ? "free" : `refused: ${named.why}. ${named.instead}`;
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  const lines = rows.map(
    (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}
