// How much is held for what goes in, against what was used, by the kind of what goes in:
//   npm run bench:bounds -- FOLDER [OPTIONS] [--tokenizer]
// FOLDER holds *.jsonl.gz, one exchange a line (see exchanges.ts); OPTIONS is JSON for the meter.
// With --tokenizer the bound of OpenAI's models is that of their published tokenizer, everywhere.

import { parseArgs } from "node:util";
import { countTokens as countCl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as countO200k } from "gpt-tokenizer/encoding/o200k_base";
import { publicTokenizer } from "../../src/meter/index.ts";
import type { MeterOptions } from "../../src/meter/index.ts";
import { exchangesIn } from "./exchanges.ts";
import type { RecordedExchange } from "./exchanges.ts";
import { replayed } from "./replay.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { tokenizer: { type: "boolean", default: false } },
});
const [folder, options = "{}"] = positionals;
if (folder === undefined) {
  process.stderr.write(
    "Expected a folder with *.jsonl.gz: npm run bench:bounds -- FOLDER [OPTIONS]\n",
  );
  process.exit(2);
}

/** Base64 of the first bytes of formats, and how formats of requests call them. */
const KINDS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["PDF in the request", /[":,]JVBERi0/],
  ["image in the request", /[",](?:iVBORw0KGgo|[/_]9j[/_]|R0lGOD|UklGR[\w+/-]{6}V0VCU)/],
  ["sound in the request", /"(?:input_audio|audio\/[\w-]+)"/],
  ["file at an address", /"(?:fileData|file_data|file_id|file_uri|fileUri|document_url)"/],
  ["image at an address", /"(?:image_url|input_image|image)"/],
];
const IS_LATER = /"role":\s*"(?:assistant|model|tool)"|"type":\s*"function_call_output"/;

function kindOf(text: string): string {
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0] ?? "text and tools";
}

const published = publicTokenizer({ o200k_base: countO200k, cl100k_base: countCl100k });
const settings: MeterOptions = {
  ...JSON.parse(options),
  ...(values.tokenizer && {
    // Two around each text, as the bound by a public tokenizer has it.
    tokenizer: (text: string, model: string) =>
      (published.countTokens(text, model) ?? Buffer.byteLength(text)) + 2,
  }),
};
const ratios = new Map<string, number[]>();
const above: string[] = [];
for await (const exchange of exchangesIn(folder)) {
  const ratio = await ratioOf(exchange);
  if (ratio === undefined) continue;
  const text = exchange.request.text ?? "";
  const kind = kindOf(text);
  const { host } = new URL(exchange.url);
  add("all", ratio);
  add(kind, ratio);
  if (kind !== "text and tools") add(`${kind}, ${host}`, ratio);
  if (!IS_LATER.test(text)) add("first calls", ratio);
  if (ratio < 1) above.push(exchange.id);
}

/** Held by used; undefined where either is not known. */
async function ratioOf(exchange: RecordedExchange): Promise<number | undefined> {
  const { usage } = exchange.expected;
  if (exchange.response.status >= 300 || usage?.input === undefined || usage.input === 0)
    return undefined;
  const found = await replayed(exchange, settings);
  if (found.kind !== "metered" || found.report.held === undefined) return undefined;
  const { others = [] } = usage;
  const used = others.reduce((sum, pass) => sum + pass.input, usage.input);
  return found.report.held.inputTokens / used;
}

function add(kind: string, ratio: number): void {
  const list = ratios.get(kind);
  if (list === undefined) ratios.set(kind, [ratio]);
  else list.push(ratio);
}

function quantile(sorted: readonly number[], part: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0).toFixed(1);
}

say("| what goes in | exchanges | held ÷ used: least | median | p90 | most |");
say("| --- | --- | --- | --- | --- | --- |");
for (const [kind, list] of [...ratios].toSorted(([, a], [, b]) => b.length - a.length)) {
  const sorted = list.toSorted((a, b) => a - b);
  const cells = [0, 0.5, 0.9, 1].map((part) => quantile(sorted, part));
  say(`| ${[kind, list.length, ...cells].join(" | ")} |`);
}
say(`\nmore used than held: ${above.length} ${above.slice(0, 20).join(" ")}`);
if (above.length > 0) process.exitCode = 1;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
