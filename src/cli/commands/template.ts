// `token-budget template`: settings for pools that match a pattern.

import type { Template } from "../../stores/index.ts";
import { typedCaps, CAP_FLAGS, typedWindow, WINDOW_FLAGS } from "../settings/caps.ts";
import { UsageError } from "../command-line.ts";
import type { CliCommand } from "../command-line.ts";
import { EXIT } from "../exit-codes.ts";
import { instantText } from "../output/figures.ts";
import { capsText, periodText } from "../output/settings-text.ts";
import { JSON_FLAG } from "../store/kept-pool.ts";
import { ACCOUNT_FLAGS, accountOf } from "./pool-commands.ts";
import { BOOKS_FLAGS, openBooks } from "../store/open-books.ts";

/** `token-budget template`. */
export const template: CliCommand = {
  name: "template",
  operands: "[PATTERN]",
  operandsMax: 1,
  summary:
    "Sets the caps of pools that do not exist yet, for paths that match a pattern, in which * stands for exactly one name. Without caps, it lists all templates.",
  flags: {
    ...CAP_FLAGS,
    ...WINDOW_FLAGS,
    remove: { help: "delete the template; existing pools stay as they are" },
    ...ACCOUNT_FLAGS,
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    'token-budget template "users/*" --usd 5 --per day',
    'token-budget template "users/*" --remove',
    "token-budget template",
  ],
  async run(given, context) {
    const [pattern] = given.operands;
    const settings = { caps: typedCaps(given), ...typedWindow(given) };
    const isRemoved = given.isOn("remove");
    const isSet = Object.keys(settings.caps).length > 0 || settings.window !== undefined;
    if (isRemoved && (isSet || pattern === undefined))
      throw new UsageError(
        "--remove goes with a pattern alone, such as template 'users/*' --remove",
      );
    if (isSet && pattern === undefined)
      throw new UsageError("Which pools? Name a pattern, such as 'users/*'");
    const { books, close } = await openBooks(given, context);
    try {
      if (pattern !== undefined && isRemoved) await books.template(pattern, null);
      else if (pattern !== undefined && isSet)
        await books.template(pattern, { ...settings, ...accountOf(given) });
      const all = await books.templates();
      const shown = all.filter((each) => pattern === undefined || each.pattern === pattern);
      if (given.isOn("json")) context.out(JSON.stringify(shown));
      else if (shown.length === 0 && pattern === undefined)
        context.out('No templates; to set one: token-budget template "users/*" --usd 5 --per day');
      else for (const each of shown) context.out(lineOf(each));
      return EXIT.success;
    } finally {
      await close();
    }
  },
};

function lineOf({ pattern, caps, window, at, actor, reason }: Template): string {
  const words = [
    `${pattern}:`,
    [capsText(caps), window === undefined ? "" : periodText(window)].filter(Boolean).join(" "),
    `since ${instantText(at)}`,
    actor,
    reason,
  ];
  return words.filter((word) => word !== undefined).join("  ");
}
